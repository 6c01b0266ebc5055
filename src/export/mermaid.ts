// A sequence diagram in Mermaid's language, for a pull request or a report: actors, what they sent each other, and the steps that changed
// what others see. A diagram holds few lines, so it shows the window that ends where the run ends, which is where its finding is.

import type { Access, Message, StepEvent } from '../runtime/events.ts';
import type { TraceFooter } from '../trace/header.ts';
import type { Exporter } from './exporter.ts';
import { label } from './mermaid-text.ts';

/** Lines of messages and steps that a diagram has at most; a page renders so many well. */
export const MOST_LINES = 60;
/** Characters of a label. */
const LABEL = 80;

interface Line { readonly step: number; readonly actors: readonly string[]; readonly text: (id: (actor: string) => string) => string }

const clipped = (text: string): string => label(text.length <= LABEL ? text : `${text.slice(0, LABEL - 1)}…`);

/** Answers and what goes to the outside come back: a dashed arrow. */
const arrow = ({ message }: Message): string => (message === 'reply' || message === 'exit' || message === 'done' ? '-->>' : '->>');

function messageLine(one: Message): Line {
  const { step, from, to, message, content } = one;
  const words = Object.entries(content).map(([name, value]) => `${name} ${value}`).join(', ');
  return { step, actors: [from, to], text: (id) => `${id(from)}${arrow(one)}${id(to)}: ${clipped(`${step} ${message}${words === '' ? '' : ` (${words})`}`)}` };
}

/** What others see change: an object that is nobody's registers and no mailbox. */
const shows = ({ object, old, value }: Access): boolean => object !== 'frame' && object !== 'mailbox' && old !== value;

/** `folio_ref(pfn 1).refcount 1 → 2`; of a word that has names the one that it has now: `folio_lock(pfn 1).owner = hw.mf`. */
function changeText({ object, at, field, old, value, text }: Access): string {
  const indices = Object.entries(at).map(([dimension, index]) => `${dimension} ${index}`).join(', ');
  return `${object}${indices === '' ? '' : `(${indices})`}.${field} ${text === undefined ? `${old} → ${value}` : `= ${text}`}`;
}

function stepLine({ step, actor, name, outcome, writes }: StepEvent): Line | undefined {
  const changed = writes.find(shows);
  if (changed === undefined && outcome === 'ok') return undefined;
  const more = changed === undefined ? '' : `: ${changeText(changed)}`;
  return { step, actors: [actor], text: (id) => `Note over ${id(actor)}: ${clipped(`${step} ${name}${outcome === 'ok' ? '' : ` → ${outcome}`}${more}`)}` };
}

/** The last lines of a run, in constant memory. */
class Window {
  private readonly lines: Line[] = [];
  steps = 0;
  last = 0;
  lastActor: string | undefined;
  dropped = 0;

  step(event: StepEvent): void {
    this.steps++;
    this.last = event.step;
    this.lastActor = event.actor;
    const noted = event.messages.length > 0 ? undefined : stepLine(event);
    for (const line of [...(noted === undefined ? [] : [noted]), ...event.messages.map(messageLine)]) {
      this.lines.push(line);
      if (this.lines.length > MOST_LINES) {
        this.lines.shift();
        this.dropped++;
      }
    }
  }

  get all(): readonly Line[] {
    return this.lines;
  }
}

/** Who is in the diagram: actors in their order, then those that are no actors (a thread that gets a signal, the outside). */
function participants(lines: readonly Line[], actors: readonly string[], lastActor: string | undefined): Map<string, string> {
  const there = new Set([...lines.flatMap((one) => one.actors), ...(lastActor === undefined ? [] : [lastActor])]);
  const ordered = [...actors.filter((name) => there.has(name)), ...[...there].filter((name) => !actors.includes(name))];
  return new Map(ordered.map((name, k) => [name, `p${k}`]));
}

const findingOf = (footer: TraceFooter | undefined): string | undefined => {
  const found = footer?.violation ?? footer?.finding;
  if (found !== undefined) return `${found.id}: ${found.sentence}`;
  return footer?.why === 'deadlock' ? 'deadlock: nobody can go on' : undefined;
};

export const mermaid: Exporter = {
  name: 'mermaid',
  extension: '.mmd',
  description: `sequence diagram of the last ${MOST_LINES} messages and changes, which is where a finding is`,
  open(header, actors) {
    const window = new Window();
    return {
      header: () => '',
      step(event) {
        window.step(event);
        return '';
      },
      end(footer) {
        const { all: lines, dropped, last, lastActor } = window;
        const ids = participants(lines, actors.map(({ name }) => name), lastActor);
        const found = findingOf(footer);
        const part = `${dropped === 0 ? '' : `last ${lines.length} of ${lines.length + dropped} messages and changes, `}steps ${lines[0]?.step ?? last} to ${last}`;
        return `${[
          'sequenceDiagram',
          `  %% ${label(`kernel ${header.kernel}, ${part}${found === undefined ? '' : `, ${found}`}`)}`,
          `  title ${label(`${String(header.scenario['name'])}, ${header.kernel}: ${part}`)}`,
          ...[...ids].map(([name, id]) => `  participant ${id} as ${label(name)}`),
          ...lines.map((line) => `  ${line.text((actor) => ids.get(actor)!)}`),
          ...(found === undefined || lastActor === undefined ? [] : [`  Note over ${ids.get(lastActor)!}: ${label(found)}`]),
        ].join('\n')}\n`;
      },
    };
  },
};
