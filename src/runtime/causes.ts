// Who wrote a word, and why it wrote that: the last step that wrote it, what that step had read, who wrote those words, and so on
// backwards. A trace is executed once for each level; what is kept is the last writer of the words that are asked about.

import type { Kernel } from '../kernel/define.ts';
import type { Topology } from '../scenario/topology.ts';
import type { TraceSource } from '../trace/source.ts';
import { Describer, type Place } from './describe.ts';
import { EventMaker, type StepEvent } from './events.ts';
import { Replayer } from './replay.ts';
import { ValueLog } from './values.ts';
import { cellsNamed } from './cell-name.ts';

/** A word with a value that it had. */
export interface WordValue extends Place {
  readonly value: number;
  /** What the value means, where it is more than a number. */
  readonly text?: string;
}

/** A word that a step read, and where the value came from. */
export interface ReadCause extends WordValue {
  /** The step that wrote it; 0: it was so from the beginning, by the set-up. */
  readonly writtenBy: number;
  /** That step with its own causes, where it was not too deep and was not told of already. */
  readonly cause?: Cause;
}

/** A step, what of the words in question it wrote, what it read before. */
export interface Cause {
  readonly step: number;
  readonly actor: string;
  readonly machine: string;
  readonly state: string;
  readonly name: string;
  readonly outcome: string;
  /** What the state stands for, with the kernel function. */
  readonly description: string;
  /** Those of the words asked about that it wrote, each with its value before. */
  readonly wrote: readonly (WordValue & { readonly old: number; readonly oldText?: string })[];
  readonly reads: readonly ReadCause[];
}

export interface Causes {
  /** The words in question, as reports name them. */
  readonly name: string;
  /** The step behind which they are looked at. */
  readonly at: number;
  /** Their values there. */
  readonly values: readonly WordValue[];
  /** The step that wrote one of them last; nothing when none did: the set-up has left them so. */
  readonly cause: Cause | undefined;
}

export interface CausesOptions {
  /** Behind which step; behind the last one when left out. */
  readonly at?: number | undefined;
  /** How many steps one behind the other are followed back. */
  readonly depth: number;
}

/** Who wrote one of `cells` last, up to and with step `at`. */
interface Question { readonly cells: readonly number[]; readonly at: number; answer: Writer | undefined }
/** A step that has written a word that is asked about. */
interface Writer { readonly event: StepEvent; readonly description: string; readonly reads: readonly (WordValue & { readonly cell: number })[]; readonly wrote: readonly (Cause['wrote'][number] & { readonly cell: number })[] }

/** Follows the word that `text` names back through the steps of a trace. Throws a CellNameError when it names none. */
export function causesOf(source: TraceSource, kernel: Kernel, topology: Topology, text: string, { at = Infinity, depth }: CausesOptions): Causes {
  const tracer = new Tracer(source, kernel, topology);
  try {
    const { cells, id, name } = cellsNamed(tracer.world, text);
    const first: Question = { cells, at, answer: undefined };
    tracer.answer([first]);
    const end = tracer.step;
    const values = cells.map((cell) => tracer.value(id, cell));
    /** By step: the question about each word that it read. */
    const asked = new Map<number, Map<number, Question>>();
    const told = new Map<number, Writer>();
    let level = first.answer === undefined ? [] : [first.answer];
    for (let k = 0; k < depth && level.length > 0; k++) {
      const questions: Question[] = [];
      for (const writer of level) {
        const { step } = writer.event;
        if (told.has(step)) continue;
        told.set(step, writer);
        asked.set(step, new Map(writer.reads.map(({ cell }) => [cell, { cells: [cell], at: step - 1, answer: undefined }])));
        questions.push(...asked.get(step)!.values());
      }
      tracer.answer(questions);
      level = questions.flatMap(({ answer }) => (answer === undefined ? [] : [answer]));
    }
    const shown = new Set<number>();
    return { name, at: end, values, cause: first.answer && tree(first.answer, cells, depth, asked, shown) };
  } finally {
    tracer.close();
  }
}

/** A step as a node, with those behind it that are near enough; each step once. */
function tree({ event, description, reads, wrote }: Writer, cells: readonly number[], depth: number, asked: ReadonlyMap<number, ReadonlyMap<number, Question>>, shown: Set<number>): Cause {
  const { step, actor, machine, state, name, outcome } = event;
  shown.add(step);
  return {
    step, actor, machine, state, name, outcome, description,
    wrote: wrote.filter(({ cell }) => cells.includes(cell)).map(({ cell: _cell, ...word }) => word),
    reads: depth === 0 ? [] : reads.map(({ cell, ...word }) => {
      const answer = asked.get(step)?.get(cell)?.answer;
      if (answer === undefined) return { ...word, writtenBy: 0 };
      const writtenBy = answer.event.step;
      return depth === 1 || shown.has(writtenBy) ? { ...word, writtenBy } : { ...word, writtenBy, cause: tree(answer, [cell], depth - 1, asked, shown) };
    }),
  };
}

/** Goes through a trace again and again, answering who wrote what. */
class Tracer {
  private readonly replayer: Replayer<ValueLog>;
  private readonly describer: Describer;
  private readonly maker: EventMaker;

  constructor(source: TraceSource, kernel: Kernel, topology: Topology) {
    this.replayer = new Replayer(source, kernel, topology, (_objects, words) => new ValueLog(words));
    this.describer = new Describer(this.replayer.world);
    this.maker = new EventMaker(this.replayer.world, this.replayer.observer);
  }

  get world(): Replayer['world'] {
    return this.replayer.world;
  }
  /** Steps that were executed for the last answer. */
  get step(): number {
    return this.replayer.step;
  }

  /** Executes the trace as far as the questions reach, and answers them. */
  answer(questions: readonly Question[]): void {
    const { replayer } = this;
    const { observer } = replayer;
    const open = questions.toSorted((a, b) => a.at - b.at);
    const watched = new Set(open.flatMap(({ cells }) => cells));
    const last = new Map<number, Writer>();
    if (replayer.step > 0) replayer.restart();
    let next = 0;
    for (;;) {
      for (; next < open.length && open[next]!.at <= replayer.step; next++) settle(open[next]!, last);
      if (next === open.length) return;
      observer.clear();
      if (!replayer.next()) break;
      const touched = observer.take();
      if (!touched.some(({ written, cell }) => written && watched.has(cell))) continue;
      const writer = this.writer(touched);
      for (const { written, cell } of touched) if (written && watched.has(cell)) last.set(cell, writer);
    }
    for (; next < open.length; next++) settle(open[next]!, last);
  }

  /** A word as it is now. */
  value(id: number, cell: number): WordValue {
    return this.word(id, cell, this.world.words[cell]!);
  }

  close(): void {
    this.replayer.close();
  }

  private word(id: number, cell: number, value: number): WordValue {
    const text = this.describer.meaning(id, cell, value);
    return { ...this.describer.place(id, cell), value, ...(text === undefined ? {} : { text }) };
  }

  private writer(touched: ReturnType<ValueLog['take']>): Writer {
    const { replayer } = this;
    const event = this.maker.event(replayer.step, replayer.lastInjection);
    const frames = this.world.plan.byName.get('frame')!;
    const leaf = frames.fields.find((field) => field.name === 'leaf')!.offset;
    const isState = (id: number, cell: number): boolean => id >= frames.firstId && id < frames.firstId + frames.count && (cell - frames.base) % frames.words === leaf;
    return {
      event, description: replayer.lastInjection === undefined ? this.world.table.leaves[this.world.last.leaf]!.description : 'it came in from outside',
      // Where the actor is, is control: its state says it.
      reads: touched.filter(({ read, id, cell }) => read && !isState(id, cell)).map(({ id, cell, before }) => ({ ...this.word(id, cell, before), cell })),
      wrote: touched.filter(({ written }) => written).map(({ id, cell, before, after }) => {
        const oldText = this.describer.meaning(id, cell, before);
        return { ...this.word(id, cell, after), old: before, ...(oldText === undefined ? {} : { oldText }), cell };
      }),
    };
  }
}

/** The last of those who wrote one of the words. */
function settle(question: Question, last: ReadonlyMap<number, Writer>): void {
  for (const cell of question.cells) {
    const writer = last.get(cell);
    if (writer !== undefined && (question.answer === undefined || writer.event.step > question.answer.event.step)) question.answer = writer;
  }
}
