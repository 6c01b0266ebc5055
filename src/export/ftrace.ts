// Text as ftrace prints it: `comm-pid [cpu] flags time: event: text`. Where a step stands for an event of the kernel, that event in the
// kernel's own line form; and of every step the laboratory's own events, whose names begin with `faultline_`, so that nobody takes
// them for the kernel's. The laboratory has no clock: step n is at n microseconds.

import type { Access, Message, StepEvent } from '../runtime/events.ts';
import { OUTSIDE } from '../runtime/injection.ts';
import type { Exporter } from './exporter.ts';
import { KvmEvents, kvmText } from './kvm-events.ts';
import { LINE_FORMS } from './kvm-forms.ts';

/** Version of the fields of the laboratory's own events. */
const VERSION = 1;

/** A word of a line: without spaces, which would end it. */
const word = (text: string): string => text.replace(/[\s\p{Cc}]/gu, '_');

/** Seconds of a step: a microsecond each. */
const time = (step: number): string => `${Math.floor(step / 1_000_000)}.${String(step % 1_000_000).padStart(6, '0')}`;

const place = ({ object, at, field, element }: Access): string =>
  `object=${object} at=${Object.entries(at).map(([dimension, index]) => `${dimension}:${word(String(index))}`).join(',') || '-'} field=${field}${element === undefined ? '' : `[${element}]`}`;

/** What a step wrote, on a line of its own. */
export const writeText = (access: Access): string => `${place(access)} old=${access.old} value=${access.value}${access.text === undefined ? '' : ` text=${JSON.stringify(access.text)}`}`;

const messageText = ({ from, to, message, content }: Message): string => `from=${word(from)} to=${word(to)} message=${word(message)} content=${JSON.stringify(content)}`;

const stepText = ({ step, machine, state, name, outcome, to, choice, choices }: StepEvent): string =>
  `step=${step} machine=${machine} state=${state} name=${name} outcome=${outcome} to=${to}${choice === undefined ? '' : ` choice=${choice}/${choices}`}`;

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
    const heads = new Map([OUTSIDE, ...actors.map(({ name }) => name)].map((name, pid) => [name, `${word(name).padStart(16)}-${String(pid).padEnd(7)} [000] .....`]));
    return {
      header: () => heading(header.kernel, String((header.scenario as { name?: unknown })['name'] ?? 'unnamed'), actors.length),
      step(event) {
        const head = `${heads.get(event.actor)!} ${time(event.step).padStart(12)}: `;
        let text = `${head}faultline_step: ${stepText(event)}\n`;
        for (const one of kvm.of(event)) text += `${head}${one.name}: ${kvmText(one)}\n`;
        for (const one of event.writes) text += `${head}faultline_write: ${writeText(one)}\n`;
        for (const one of event.messages) text += `${head}faultline_message: ${messageText(one)}\n`;
        return text;
      },
      end(footer) {
        if (footer === undefined) return '';
        const broken = footer.violation ?? footer.finding;
        return `# ended: ${footer.why}, behind step ${footer.steps}${broken === undefined ? '' : `; ${broken.id}: ${word(broken.sentence).replaceAll('_', ' ')}`}\n`;
      },
    };
  },
};
