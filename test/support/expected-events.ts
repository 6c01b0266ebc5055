// What a foreign reader must find in an export with named fields: the steps and messages of the archive, in its order, and between them
// the kernel's events as the ftrace export has them.

import type { StepEvent } from '../../src/runtime/events.ts';
import { KINDS, LabEvents, type Kind } from '../../src/export/lab-events.ts';
import { compile } from '../../src/scenario/compile.ts';
import type { Scenario } from '../../src/scenario/types.ts';
import { archived } from './exported.ts';
import { SC01, type Recorded } from './recorded.ts';

/** An event as a reader has it: numbers as bigints. */
export interface Expected { readonly actor: string; readonly step: bigint; readonly name: string; readonly fields: Readonly<Record<string, bigint | string>> }

const own = ({ step, actor, machine, state, name, outcome, to, choice = -1, choices = 0, messages }: StepEvent): Expected[] => [
  { actor, step: BigInt(step), name: 'faultline_step', fields: { step: BigInt(step), machine, state, name, outcome, to, choice: BigInt(choice), choices: BigInt(choices) } },
  ...messages.map((one) => ({ actor, step: BigInt(step), name: 'faultline_message', fields: { step: BigInt(step), from: one.from, to: one.to, message: one.message, content: JSON.stringify(one.content) } })),
];

const isOwn = ({ name }: { readonly name: string }): boolean => name.startsWith('faultline_');
export const ofLaboratory = (events: readonly Expected[]): Expected[] => events.filter(isOwn);

/** From the lines of the archive alone. */
export const archivedEvents = (recorded: Recorded, scenario: Scenario = SC01): Expected[] => archived(recorded, scenario).flatMap(own);

/** The same with the kernel's events, in the order in which a step brings them. */
export function allEvents(recorded: Recorded, scenario: Scenario = SC01): Expected[] {
  const events = new LabEvents({ kernel: recorded.kernel, topology: compile(scenario, recorded.kernel) });
  return archived(recorded, scenario).flatMap((step) => [...own(step), ...events.of(step).filter(({ kind }) => !isOwn(kind)).map(({ kind, values }) => ({
    actor: step.actor, step: BigInt(step.step), name: kind.name,
    fields: Object.fromEntries(kind.fields.map(({ name, type }, i) => [name, type === 'string' ? values[i] as string : BigInt(values[i]!)])),
  }))]);
}

export const kindNamed = (name: string): Kind => {
  const kind = KINDS.find((one) => one.name === name);
  if (kind === undefined) throw new Error(`there is no event '${name}'`);
  return kind;
};
