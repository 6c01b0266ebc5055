// A small sample of schedules beside an exhaustive search: what no single state shows, lock order and data races.

import { invariants } from '../check/invariants/index.ts';
import { Sampler } from '../explore/sample.ts';
import type { FindingKind } from '../explore/finding.ts';
import type { SampleResult } from '../explore/sample-types.ts';
import { drive, type StatusLine } from './explore-drive.ts';
import { racedLine, type Subject } from './explore-engines.ts';
import type { ExploreArguments } from './explore-options.ts';
import type { Interruption } from './interruption.ts';
import { grouped, labelled, labelledList } from './output.ts';

/** Kinds that no single state shows: a search finds them only by the schedules that are sampled beside it. */
export const BESIDE: readonly FindingKind[] = ['race', 'lock-order'];
const BESIDE_SCHEDULES = 200;

/** Schedules for the analyses of whole schedules: lock order, data races, and which conflicting steps came in both orders. */
export async function sampleBeside({ kernel, topology }: Subject, { seed }: ExploreArguments, seconds: number, interruption: Interruption, status: StatusLine): Promise<SampleResult | undefined> {
  const sampler = new Sampler(kernel.kernel, topology, { strategy: 'random', schedules: BESIDE_SCHEDULES, seed, recheck: 0, invariants });
  await drive((steps) => sampler.advance(steps), seconds, interruption, status, () => [`${grouped(sampler.progress().schedules)} schedules for lock order and data races`]);
  const result = sampler.result();
  return result.analysed ? result : undefined;
}

/** Whether everything ends, where that is decided: by the graph of all states, else by schedules that were sampled. */
export const liveness = (decided: boolean, beside: SampleResult | undefined): Record<string, number> =>
  Object.fromEntries(['L-01', 'L-03', 'L-06', 'L-08', 'L-09'].map((id) => [id, decided ? 1 : beside?.endings.finished ?? 0]));

/** What it was, as lines. */
export const besideLines = (beside: SampleResult): string[] => [
  labelled('sampled', `${grouped(beside.schedules)} schedules beside it, for lock order and data races, which no single state shows`), labelledList('raced', racedLine(beside)),
];
