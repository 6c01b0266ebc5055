// A recorded case in the place of a scenario, where a trace keeps what its world is made of: the steps, and the machine.

import type { Kernel } from '../kernel/define.ts';
import type { Topology } from '../scenario/topology.ts';
import { EntryCheck, isFields } from './check-entry.ts';
import { readMachine, type Machine } from './config.ts';
import { worldFor } from './judge.ts';
import type { Recording, Step } from './recording.ts';

/** What stands in the header of the trace of a case. */
export interface CaseScenario extends Record<string, unknown> {
  readonly name: string;
  readonly title: string;
  readonly recording: { readonly steps: readonly Step[]; readonly machine: Readonly<Record<string, unknown>> };
}

/** Makes it. */
export const caseScenario = ({ id, note, steps }: Recording, { config, hiddenSlot }: Machine): CaseScenario => ({
  name: id, title: note ?? 'a recorded case', recording: { steps, machine: { ...config, hiddenSlot } },
});

/** Is it one? */
export const isCaseScenario = (value: unknown): value is CaseScenario => isFields(value) && isFields(value['recording']);

/** The world of the case. Throws RecordingError when it was edited so that it is none. */
export function caseTopology({ name, recording: { steps, machine } }: CaseScenario, kernel: Kernel, file: string): Topology {
  const place = { file, line: 1 };
  new EntryCheck(place).steps(steps, 'scenario.recording.steps', 'none');
  const recording: Recording = { id: String(name), tags: [], steps, line: 1 };
  return worldFor([recording], kernel, readMachine(JSON.stringify(machine ?? {}), file)).topology;
}
