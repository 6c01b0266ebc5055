// The list that `bugs` makes: each known bug found anew, in every interleaving and by a sample, and where it was mended.

import { mendedIn } from '../explore/bugs/bug.ts';
import { BUG_WAYS, bugTrial, lookOf, type BugLook } from '../explore/bugs/measure.ts';
import type { KnownBug, UnshownBug } from '../kernel/define.ts';
import type { BugsGiven } from './bugs.ts';
import { EXIT } from './errors.ts';
import { drive, StatusLine } from './explore-drive.ts';
import type { Interruption } from './interruption.ts';
import { blamingKernel, type NamedKernel } from './kernels.ts';
import { COMMAND, counted, grouped, labelled, labelledCommand, line, table } from './output.ts';
import { findScenario } from './scenarios.ts';

/** Letters of an id, so that rows stand in line. */
const ID = 7;

interface Listed {
  readonly id: string; readonly kernel: string; readonly breaks: string; readonly scenario: string; readonly shownBy: readonly string[]; readonly mendedIn: string | null; readonly looks: readonly BugLook[];
}
interface Unshown extends UnshownBug { readonly kernel: string }

/** Finds the bugs of these kernels, each once, and lists them. Answers the exit code. */
export async function listBugs(among: readonly NamedKernel[], given: BugsGiven, interruption: Interruption): Promise<number> {
  const status = new StatusLine(given.json === true, process.stderr, 'finding');
  const say = async (...lines: readonly string[]): Promise<void> => { if (given.json !== true) for (const one of lines) await line(one); };
  const listed: Listed[] = [];
  const unshown: Unshown[] = [];
  for (const kernel of among) {
    const own = kernel.kernel.bugs.filter(({ id }) => !listed.some((one) => one.id === id)).toSorted(byId);
    if (own.length + kernel.kernel.unshown.length === 0) continue;
    await say(`${kernel.kernel.name}: ${kernel.kernel.title}`, '');
    for (const bug of own) {
      const row = await blamingKernel(kernel, () => rowOf(bug, kernel, given, interruption, status));
      if (row === undefined) break;
      listed.push(row);
      await say(table([[bug.id.padEnd(ID), sentence(row)]]));
    }
    for (const bug of interruption.asked ? [] : kernel.kernel.unshown.toSorted(byId)) {
      unshown.push({ ...bug, kernel: kernel.kernel.name });
      await say(table([[bug.id.padEnd(ID), `${bug.breaks} Not shown: ${bug.why}`]]));
    }
    await say('');
    if (interruption.asked) break;
  }
  const missed = listed.filter((one) => !isFound(one)).map(({ id }) => id);
  const code = interruption.asked ? EXIT.INTERRUPTED : missed.length > 0 ? EXIT.INCONCLUSIVE : EXIT.HELD;
  if (given.json === true) await line(JSON.stringify({ bugs: listed, unshown, interrupted: interruption.asked, exitCode: code }, null, 2));
  else {
    await say(
      labelled('result', interruption.asked ? 'interrupted; what was found until then stands above'
        : `${grouped(listed.length - missed.length)} of ${counted(listed.length, 'known bug')} found${missed.length === 0 ? '' : `, not ${missed.join(', ')}`}; ${grouped(unshown.length)} cannot be shown`),
      labelledCommand('next', `${COMMAND} bugs ${listed[0]?.id ?? '--help'}`),
    );
  }
  return code;
}

/** G4-B9 before G4-B10. */
const byId = (a: { readonly id: string }, b: { readonly id: string }): number => a.id.localeCompare(b.id, 'en', { numeric: true });

const isFound = ({ looks }: Listed): boolean => looks.some(({ foundBy }) => foundBy !== null);

/** Looks for one bug in each way. Nothing when that was interrupted. */
async function rowOf(bug: KnownBug, { kernel }: NamedKernel, given: BugsGiven, interruption: Interruption, status: StatusLine): Promise<Listed | undefined> {
  const { scenario } = findScenario(bug.scenario, kernel);
  const looks: BugLook[] = [];
  for (const way of BUG_WAYS) {
    const trial = bugTrial(kernel, bug, scenario, way, { seed: given.seed });
    const ended = await drive((steps) => trial.advance(steps), given.seconds, interruption, status, () => [`${bug.id} of ${kernel.name}, ${way}: ${grouped(trial.effort())} ${way === 'exhaustive' ? 'states' : 'schedules'}`]);
    if (ended === 'interrupted') return undefined;
    looks.push(lookOf(trial));
  }
  return { id: bug.id, kernel: kernel.name, breaks: bug.breaks, scenario: scenario.name, shownBy: bug.shownBy, mendedIn: mendedIn(kernel, bug)?.name ?? null, looks };
}

/** What a row says. */
function sentence({ breaks, scenario, mendedIn: mended, looks }: Listed): string {
  const found = looks.map(({ way, foundBy, effort }) => {
    const many = counted(effort, way === 'exhaustive' ? 'state' : 'schedule');
    return `${way} ${foundBy === null ? `nothing in ${many}` : `${foundBy} in ${many}`}`;
  });
  const where = mended === null ? 'Mended nowhere.' : mended.endsWith('-fixed') ? `Mended in no release; ${mended} is without it.` : `Mended in ${mended}.`;
  return `${breaks} ${scenario}: ${found.join(', ')}. ${where}`;
}
