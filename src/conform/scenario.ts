// A recorded case in the place of a scenario, where a trace keeps what its world is made of: the steps, and the machine.

import type { Kernel } from '../kernel/define.ts';
import type { Topology } from '../scenario/topology.ts';
import { CASES_FINGERPRINT } from '../trace/fingerprints.gen.ts';
import { EntryCheck, isFields } from './check-entry.ts';
import { readMachine, type Machine } from './config.ts';
import { RecordingError } from './errors.ts';
import { worldFor } from './judge.ts';
import type { Recording, Step } from './recording.ts';

/** What stands in the header of the trace of a case. */
export interface CaseScenario extends Record<string, unknown> {
  readonly name: string;
  readonly title: string;
  /** `sources`: what made its world. */
  readonly recording: { readonly steps: readonly Step[]; readonly machine: Readonly<Record<string, unknown>>; readonly sources: string };
}

/** Makes it. */
export const caseScenario = ({ id, note, steps }: Recording, { config, hiddenSlot }: Machine): CaseScenario => ({
  name: id, title: note ?? 'a recorded case', recording: { steps, machine: { ...config, hiddenSlot }, sources: CASES_FINGERPRINT },
});

/** Is it one? */
export const isCaseScenario = (value: unknown): value is CaseScenario => isFields(value) && isFields(value['recording']);

/** The world of the case. Throws RecordingError when it was edited so that it is none. */
export function caseTopology({ name, recording: { steps, machine, sources } }: CaseScenario, kernel: Kernel, file: string): Topology {
  const place = { file, line: 1 };
  if (sources !== CASES_FINGERPRINT) throw new RecordingError(place, 'scenario.recording', 'is of a case whose world other sources of faultline made; keep its trace anew');
  new EntryCheck(place).steps(steps, 'scenario.recording.steps', 'none');
  const recording: Recording = { id: String(name), tags: [], steps, line: 1 };
  return worldFor([recording], kernel, readMachine(JSON.stringify(machine ?? {}), file)).topology;
}
