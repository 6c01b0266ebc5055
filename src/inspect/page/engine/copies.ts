// What of a run can be taken along as text: the command that does it again, and a test of one's own that does.

import { DEFAULT_KERNEL } from '../../../../machines/kernels/index.ts';
import { namedSchedule } from '../../../explore/named-schedule.ts';
import { pastedTest } from '../../../explore/pasted-test.ts';
import type { Failure } from '../../../explore/reproduce.ts';
import { InspectError } from './errors.ts';
import type { Session } from '../model.ts';

/** Steps of a schedule that a test takes. */
const MOST_STEPS = 2000;

/** How the command is called. */
const COMMAND = 'npx --no faultline';
const word = (text: string): string => (/^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** Name of the trace that a run is saved as. */
export const traceName = ({ opened: { scenario }, forkedAt }: Session): string => `${String(scenario.name).replaceAll(/[^\w.-]/g, '-').slice(0, 60)}${forkedAt === undefined ? '' : '-fork'}.trace`;

/** The command line that comes to the state under the cursor, and whether the trace has to be saved for it. */
export function commandOf(session: Session): { readonly command: string; readonly save: boolean } {
  const { opened: { name, kernel, own, seed, fromSeed, limit, footer, link }, forkedAt, at, length } = session;
  if (fromSeed && forkedAt === undefined && typeof link.scenario === 'string') {
    const options = [...(kernel.name === DEFAULT_KERNEL ? [] : [`--kernel ${word(own?.text.file ?? kernel.name)}`]), `--seed ${seed}`, ...(footer?.why === 'steps' ? [`--steps ${limit}`] : [])];
    return { command: `${COMMAND} run ${word(link.scenario)} ${options.join(' ')}`, save: false };
  }
  const save = fromSeed || forkedAt !== undefined;
  return { command: `${COMMAND} replay ${word(save ? traceName(session) : name)}${at > 0 && at < length ? ` --until ${at}` : ''}`, save };
}

/** A Vitest test that replays what breaks, as reports end with; `failure`: what that is. Throws an InspectError where there is none, or it is too long. */
export function testOf(session: Session, failure: Failure | string): string {
  const { opened: { kernel, own, topology, scenario, link } } = session;
  if (typeof failure === 'string') throw new InspectError(`there is no test to copy. ${failure}`);
  if (failure.schedule.length > MOST_STEPS) throw new InspectError(`a test of ${failure.schedule.length.toLocaleString('en')} steps is too long to be read: explain the smallest run, open it, and copy that one's`);
  const { kind, id = kind, key = '', loop } = failure;
  return pastedTest({
    broken: { kind, id, key }, schedule: namedSchedule(topology, failure.schedule), loop, scenario: typeof link.scenario === 'string' ? link.scenario : scenario,
    kernel: own === undefined ? kernel.name : { from: /^[./]/.test(own.text.file) ? own.text.file : `./${own.text.file}` },
  });
}
