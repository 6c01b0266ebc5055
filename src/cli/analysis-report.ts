// What the analyses of executed steps have found besides the run's own end: lock orders that could hang, data races. One that is a
// known bug of the kernel is a note; any other is a finding, although nothing hung and nothing broke.

import type { AnalysisReport } from '../check/analysis.ts';
import { raceLines } from '../check/analysis-text.ts';
import { lockCycleLines } from '../check/lock-order-text.ts';
import type { LockCycle } from '../check/lock-report.ts';
import type { Race } from '../check/races.ts';
import { mendedIn } from '../explore/bugs/bug.ts';
import type { Kernel, KnownBug } from '../kernel/define.ts';
import { EXIT } from './errors.ts';
import { mendedText } from './known.ts';
import { counted, grouped, labelled, labelledList } from './output.ts';

const same = (a: readonly string[], b: readonly string[]): boolean => a.toSorted().join() === b.toSorted().join();

/** The known bug of the kernel that a lock-order cycle, or a race, is; nothing when it is news. */
const bugOfCycle = ({ bugs }: Kernel, { classes }: LockCycle): KnownBug | undefined => bugs.find(({ lockOrder }) => lockOrder !== undefined && same(lockOrder, classes));
const bugOfRace = ({ bugs }: Kernel, { steps }: Race): KnownBug | undefined => bugs.find(({ race }) => race !== undefined && same(race, steps));

/** Exit code for what the analyses have found that is not a known bug: data races count as a broken property, lock orders as a deadlock. */
export function analysisExitCode(kernel: Kernel, analysis: AnalysisReport | undefined): number {
  if (analysis === undefined) return EXIT.HELD;
  if (analysis.races.some((race) => bugOfRace(kernel, race) === undefined)) return EXIT.SAFETY;
  return analysis.lockOrder.cycles.some((cycle) => bugOfCycle(kernel, cycle) === undefined) ? EXIT.DEADLOCK : EXIT.HELD;
}

/** Locks that are named. */
const MOST_LOCKS = 4;

/** How much was found, in a line, and which locks were waited for most. */
export function analysedLine({ lockOrder: { cycles }, races, windows, contention }: AnalysisReport): string {
  const waited = contention.filter((one) => one.waited > 0).toSorted((a, b) => b.waited - a.waited).slice(0, MOST_LOCKS);
  const locks = waited.map((one, i) => `${i === 0 ? 'most waited for: ' : ''}${one.lockClass} ${grouped(one.waited)} of ${grouped(one.taken)}`);
  return [labelledList('analysed', [
    cycles.length === 0 ? 'no lock-order cycle' : counted(cycles.length, 'lock-order cycle'), races.length === 0 ? 'no data race' : counted(races.length, 'data race'),
    `${grouped(windows.length)} distinct race ${windows.length === 1 ? 'window' : 'windows'} hit`,
  ]), ...(locks.length === 0 ? [] : [labelledList('', locks)])].join('\n');
}

/** Everything that was found, with its witnesses; of what is known, only the name when `brief`. */
export function analysisFindings(kernel: Kernel, { lockOrder: { cycles }, races }: AnalysisReport, brief: boolean): string[] {
  const finding = (what: string, bug: KnownBug | undefined, lines: readonly string[]): string[] => [
    labelled('', bug === undefined ? `${what}: NEWS, not a known bug of ${kernel.name}` : `${what}: known: ${bug.id} of ${kernel.name}, ${mendedText(mendedIn(kernel, bug)?.name)}`),
    ...(brief && bug !== undefined ? [] : ['', ...lines, '']),
  ];
  return [
    ...cycles.flatMap((cycle) => finding(`lock order ${[...cycle.classes, cycle.classes[0]].join(' -> ')}`, bugOfCycle(kernel, cycle), lockCycleLines(cycle))),
    ...races.flatMap((race) => finding(`race on ${race.layout}: ${race.steps.join(', ')}`, bugOfRace(kernel, race), raceLines(race))),
  ];
}
