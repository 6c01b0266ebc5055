// Text as ftrace prints it: `comm-pid [cpu] flags time: event: text`. Where a step stands for an event of the kernel, that event in the
// kernel's own line form; and of every step the laboratory's own events, whose names begin with `faultline_`, so that nobody takes
// them for the kernel's. The laboratory has no clock: step n is at n microseconds.

import { bytesOfAccess } from '../runtime/accesses.ts';
import type { Access, Message, StepEvent } from '../runtime/events.ts';
import { OUTSIDE } from '../runtime/injection.ts';
import { ascii, Bytes, encoded, PIECE, utf8 } from './bytes.ts';
import type { Exporter } from './exporter.ts';
import { KvmEvents, kvmText } from './kvm-events.ts';
import { LINE_FORMS } from './kvm-forms.ts';
import { headsOf } from './memo.ts';

/** Version of the fields of the laboratory's own events. */
const VERSION = 1;

/** A word of a line: without spaces, which would end it. */
const word = (text: string): string => text.replace(/[\s\p{Cc}]/gu, '_');

const place = ({ object, at, field, element }: Access): string =>
  `object=${object} at=${Object.entries(at).map(([dimension, index]) => `${dimension}:${word(String(index))}`).join(',') || '-'} field=${field}${element === undefined ? '' : `[${element}]`}`;

/** What a step wrote, on a line of its own. */
export const writeText = (access: Access): string => `${place(access)} old=${access.old} value=${access.value}${access.text === undefined ? '' : ` text=${JSON.stringify(access.text)}`}`;

const writeLine = (access: Access): Uint8Array => encoded(`faultline_write: ${writeText(access)}\n`);

const POINT = 0x2e, ZERO = 0x30, LINE_END = 0x0a;
const COLON = ascii(': '), STEP = ascii('faultline_step: step=');

const messageText = ({ from, to, message, content }: Message): string => `from=${word(from)} to=${word(to)} message=${word(message)} content=${JSON.stringify(content)}`;

/** What a step is, without its number and its choice. */
const stepText = ({ machine, state, name, outcome, to }: StepEvent): string => ` machine=${machine} state=${state} name=${name} outcome=${outcome} to=${to}`;

const heading = (kernel: string, scenario: string, actors: number): string => `# tracer: nop
#
# faultline ${VERSION}: a run of the laboratory, not of a kernel. Model: ${word(kernel)}, scenario: ${word(scenario)}, ${actors} actors.
# Events of the kernel have the line forms of ${LINE_FORMS}. Events that begin with faultline_ are the
# laboratory's own (system faultline), no kernel has them. A step takes a microsecond; pids are numbers of actors.
#
#                                _-----=> irqs-off/BH-disabled
#                               / _----=> need-resched
#                              | / _---=> hardirq/softirq
#                              || / _--=> preempt-depth
#                              ||| / _-=> migrate-disable
#                              |||| /     delay
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
#              | |         |   |||||     |         |
`;

export const ftrace: Exporter = {
  name: 'ftrace',
  extension: '.txt',
  description: "text as ftrace prints it: the kernel's kvm events, and the laboratory's own as faultline_*",
  open(header, actors, run) {
    const kvm = new KvmEvents(run?.topology ?? { actors: [], gfns: [] });
    const heads = new Map([OUTSIDE, ...actors.map(({ name }) => name)].map((name, pid) => [name, utf8(`${word(name).padStart(16)}-${String(pid).padEnd(7)} [000] ..... `)]));
    const own = headsOf(stepText);
    const out = new Bytes(2 * PIECE);
    return {
      header: () => heading(header.kernel, String((header.scenario as { name?: unknown })['name'] ?? 'unnamed'), actors.length),
      step(event) {
        const { step, choice, choices } = event;
        const { length } = out;
        out.bytes(heads.get(event.actor)!);
        out.decimal(Math.floor(step / 1_000_000), 5);
        out.u8(POINT);
        out.decimal(step % 1_000_000, 6, ZERO);
        out.bytes(COLON);
        const head = out.length - length;
        out.bytes(STEP);
        out.decimal(step);
        out.bytes(own(event));
        if (choice !== undefined) out.text(` choice=${choice}/${choices}`);
        out.u8(LINE_END);
        for (const one of kvm.of(event)) {
          out.again(length, head);
          out.text(`${one.name}: ${kvmText(one)}\n`);
        }
        for (const one of event.writes) {
          out.again(length, head);
          out.bytes(bytesOfAccess(one, writeLine));
        }
        for (const one of event.messages) {
          out.again(length, head);
          out.text(`faultline_message: ${messageText(one)}\n`);
        }
        return out.piece(PIECE);
      },
      end(footer) {
        if (footer === undefined) return out.piece(1);
        const broken = footer.violation ?? footer.finding;
        return [out.piece(1), `# ended: ${footer.why}, behind step ${footer.steps}${broken === undefined ? '' : `; ${broken.id}: ${word(broken.sentence).replaceAll('_', ' ')}`}\n`];
      },
    };
  },
};
