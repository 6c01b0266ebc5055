// Gathers the pages that programs can touch, in each of the three spaces; only those get numbers and memory.

import { PageSpace } from '../memory/pages.ts';
import { ScenarioError } from './errors.ts';
import { LIMITS } from './limits.ts';
import type { PageRange } from './topology.ts';

/** What each space has pages of. */
export const WHAT = { gfns: 'guest pages', indexes: 'file pages', hvas: 'host pages' } as const;
export type SpaceName = keyof typeof WHAT;

export class Spaces {
  private readonly ranges: Record<SpaceName, { start: bigint; end: bigint }[]> = { gfns: [], indexes: [], hvas: [] };

  /** Pages [start, start + pages) can be touched by the operation at `path`. */
  add(space: SpaceName, start: bigint, pages: bigint, path: string): void {
    if (pages > BigInt(LIMITS.pages)) throw new ScenarioError(path, `${pages} ${WHAT[space]}; the limit 'pages' is ${LIMITS.pages}`);
    if (pages > 0n) this.ranges[space].push({ start, end: start + pages });
  }

  /** The maximal runs of a space, widened to runs of `pages` pages where huge pages matter. */
  runs(space: SpaceName, pages: number): PageRange[] {
    const unit = BigInt(pages);
    const sorted = this.ranges[space].map(({ start, end }) => ({ start: start / unit * unit, end: (end + unit - 1n) / unit * unit }))
      .toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
    const runs: { start: bigint; end: bigint }[] = [];
    for (const { start, end } of sorted) {
      const last = runs.at(-1);
      if (last !== undefined && start <= last.end) { if (end > last.end) last.end = end; }
      else runs.push({ start, end });
    }
    const count = runs.reduce((sum, { start, end }) => sum + (end - start), 0n);
    if (count > BigInt(LIMITS.pages)) throw new ScenarioError('', `its programs touch ${count} ${WHAT[space]}; the limit 'pages' is ${LIMITS.pages}`);
    return runs.map(({ start, end }) => ({ start: start.toString(), end: end.toString() }));
  }
}

/** The page space of a topology's ranges. */
export const spaceOf = (runs: readonly PageRange[]): PageSpace => new PageSpace(runs.map(({ start, end }) => ({ start: BigInt(start), end: BigInt(end) })));
