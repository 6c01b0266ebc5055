// One known bug: found as `explore` finds it, with its schedule, and looked for where it was mended.

import { isOf, kernelsWithout } from '../explore/bugs/bug.ts';
import { fits } from '../runtime/fits.ts';
import type { Finding } from '../explore/finding.ts';
import type { Kernel, KnownBug, UnshownBug } from '../kernel/define.ts';
import type { Scenario } from '../scenario/types.ts';
import type { BugsGiven } from './bugs.ts';
import { EXIT } from './errors.ts';
import { carryOut } from './explore-carry-out.ts';
import { StatusLine } from './explore-drive.ts';
import type { Explored, Subject } from './explore-engines.ts';
import { findingText, keepTrace, replayCommand, smallest, whichOf, type Small } from './explore-findings.ts';
import { exploreWords, type ExploreArguments } from './explore-options.ts';
import type { Interruption } from './interruption.ts';
import { blamingKernel, findKernel, type NamedKernel } from './kernels.ts';
import { COMMAND, counted, labelled, labelledCommand, line, shellWord } from './output.ts';
import { compiled, findScenario } from './scenarios.ts';
import { LAST_TRACE } from './traces.ts';

/** Looking for the bug on a kernel that should not have it. */
interface Checked {
  readonly kernel: string;
  /** Nothing there is this bug; false also where it could not be looked for. */
  readonly gone: boolean;
  /** It was found there. */
  readonly there: boolean;
  /** How it was looked for, or why not. */
  readonly how: string;
  readonly explored: object | null;
}

/** Explores as `explore` does when nobody says more. */
const usual = (kernel: NamedKernel, { seed, seconds }: BugsGiven): ExploreArguments => ({ kernel: kernel.text?.file ?? kernel.kernel.name, strategy: 'auto', seed, seconds, order: 'dfs', symmetry: true });

/** Finds a bug of a kernel, says how, and looks for it on kernels without it. Answers the exit code. */
export async function findBug(bug: KnownBug, kernel: NamedKernel, given: BugsGiven, interruption: Interruption): Promise<number> {
  const status = new StatusLine(given.json === true);
  const say = async (...lines: readonly string[]): Promise<void> => { if (given.json !== true) for (const one of lines) await line(one); };
  const subject: Subject = { kernel, ...findScenario(bug.scenario, kernel.kernel) };
  await say(
    labelled('bug', `${bug.id}: ${bug.breaks}`), labelled('scenario', `${subject.scenario.name}${subject.scenario.title === undefined ? '' : `: ${subject.scenario.title}`}`),
    labelled('kernel', `${kernel.kernel.name}: ${kernel.kernel.title}`),
  );
  const how = usual(kernel, given);
  const explored = await blamingKernel(kernel, () => carryOut(subject, how, undefined, interruption, status, say));
  await say(...explored.lines);
  const own = explored.findings.filter((finding) => isOf(bug, finding));
  const small = await blamingKernel(kernel, () => smallest(subject, own, [], interruption, status));
  const file = await showFound(subject, small, how, say);
  const checked: Checked[] = [];
  for (const without of small.length === 0 ? [] : kernelsWithout(kernel.kernel, bug)) {
    const one = await look(bug, subject.scenario, findKernel(without.name), given, interruption, status);
    if (interruption.asked) break;
    await say(labelled(checked.length === 0 ? 'without' : '', `${one.kernel}: ${one.how}`));
    checked.push(one);
  }
  const there = checked.filter((one) => one.there);
  const gone = checked.filter((one) => one.gone);
  const code = interruption.asked ? EXIT.INTERRUPTED : there.length > 0 ? EXIT.SAFETY : small.length === 0 || gone.length === 0 || gone.length < checked.length ? EXIT.INCONCLUSIVE : EXIT.HELD;
  if (given.json === true) {
    await line(JSON.stringify({
      bug: bug.id, breaks: bug.breaks, kernel: kernel.kernel.name, fingerprint: kernel.fingerprint, scenario: subject.scenario.name, shownBy: bug.shownBy, ...explored.json,
      findings: small.map(({ finding: { kind, id, sentence, schedule }, shrunk, hash }) => ({ kind, id, sentence, hash, steps: schedule.length, shrunk: shrunk === undefined ? null : { ...shrunk.after, schedule: shrunk.schedule } })),
      without: checked, trace: file ?? null, exitCode: code,
    }, null, 2));
    return code;
  }
  const names = (list: readonly Checked[]): string => list.map((one) => one.kernel).join(' and ');
  await say('', labelled('result', interruption.asked ? 'interrupted'
    : small.length === 0 ? `NOT FOUND: nothing that was tried shows ${bug.id} in ${kernel.kernel.name}`
    : there.length > 0 ? `found in ${kernel.kernel.name} as told, and STILL THERE in ${names(there)}`
    : gone.length === 0 || gone.length < checked.length ? `found in ${kernel.kernel.name} as told; INCONCLUSIVE whether it is gone${checked.length === 0 ? ': no kernel is known without it' : ''}`
    : `found in ${kernel.kernel.name} as told, and gone in ${names(gone)}`));
  if (file !== undefined) await say(labelled('trace', `${file}: the finding, shrunk`));
  await say(labelledCommand('next', file === undefined ? `${COMMAND} explore ${shellWord(bug.scenario)}${exploreWords({ ...how, seed: how.seed + 1 })}` : `${COMMAND} show`));
  return code;
}

/** The text of what was found; answers the file of its trace. */
async function showFound(subject: Subject, small: readonly Small[], how: ExploreArguments, say: (...lines: readonly string[]) => Promise<void>): Promise<string | undefined> {
  const [worst] = small;
  const files = worst === undefined ? undefined : keepTrace(subject, worst, LAST_TRACE, true);
  const again = `${COMMAND} explore ${shellWord(subject.scenario.name)}${exploreWords(how)}`;
  for (const [k, one] of small.entries()) {
    const commands = [...(one === worst && files !== undefined ? files.map((name, k) => replayCommand(name, k === 0)) : []), again];
    await say('', ...findingText(subject, one, commands, undefined, whichOf(small, k)).split('\n'));
  }
  return files?.[0];
}

/** Looks for the bug on a kernel that should not have it. */
async function look(bug: KnownBug, scenario: Scenario, kernel: NamedKernel, given: BugsGiven, interruption: Interruption, status: StatusLine): Promise<Checked> {
  const { name } = kernel.kernel;
  if (!fits(scenario, kernel.kernel)) return { kernel: name, gone: false, there: false, how: `${bug.scenario} does not run there`, explored: null };
  const explored = await carryOut({ kernel, ...compiled(scenario, bug.scenario, kernel.kernel) }, usual(kernel, given), undefined, interruption, status, async () => {});
  const there = explored.findings.filter((finding) => isOf(bug, finding) && !isOthers(kernel.kernel, bug, finding));
  const gone = there.length === 0 && (explored.complete || explored.inconclusive.length === 0);
  return { kernel: name, gone, there: there.length > 0, how: inWords(kernel.kernel, explored, there, gone), explored: explored.json };
}

/** Does the kernel have another bug that shows in this scenario as this one would? */
const isOthers = ({ bugs }: Kernel, { scenario }: KnownBug, finding: Finding): boolean =>
  bugs.some((other) => (other.scenario === scenario || other.alsoIn?.includes(scenario) === true) && isOf(other, finding));

function inWords({ bugs }: Kernel, explored: Explored, there: readonly Finding[], gone: boolean): string {
  const { complete, findings, inconclusive, totals } = explored;
  const tried = complete ? 'in every interleaving' : totals === undefined ? 'in the states that were searched' : `in a sample of ${counted(totals.schedules, 'schedule')}`;
  if (there.length > 0) return `STILL THERE, ${tried}: ${there.map(({ id, sentence }) => `${id}: ${sentence}`).join('; ')}`;
  const others = findings.filter((finding) => !there.includes(finding)).map((finding) => `${finding.id}${bugs.filter((bug) => isOf(bug, finding)).map(({ id }) => `, which is ${id}`).slice(0, 1).join('')}`);
  const also = others.length === 0 ? '' : `; it breaks ${others.join('; ')}`;
  return gone ? `gone ${tried}${also}` : `not seen ${tried}, which says little: ${inconclusive.join('; ')}${also}`;
}

/** A bug that nothing here shows: says so, and why. */
export async function unshownBug({ id, breaks, why }: UnshownBug, { name, title }: Kernel, { json }: BugsGiven): Promise<number> {
  if (json === true) await line(JSON.stringify({ bug: id, breaks, kernel: name, why, findings: [], without: [], exitCode: EXIT.INCONCLUSIVE }, null, 2));
  else for (const one of [labelled('bug', `${id}: ${breaks}`), labelled('kernel', `${name}: ${title}`), '', labelled('result', `NOT SHOWN: ${why}`)]) await line(one);
  return EXIT.INCONCLUSIVE;
}
