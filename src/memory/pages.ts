// Page numbers are 64-bit values of which a scenario touches a few. A page space numbers those compactly, 0 to count - 1, in
// ascending order, so that any half-open range of real pages is one half-open range of compact ones and range loops stay exact.

interface Run { readonly start: bigint; readonly end: bigint; readonly first: number }
/** The same in numbers, which are exact: real pages are below 2^53. */
interface Bounds { readonly start: number; readonly end: number; readonly first: number }

/** Maximal runs [start, end) of real page numbers, ascending, not touching. */
export class PageSpace {
  readonly count: number;
  private readonly runs: readonly Run[];
  private readonly bounds: readonly Bounds[];

  /** Builds the space of all pages of `ranges` (half-open, in pages, in any order, overlapping as they like). */
  constructor(ranges: readonly { readonly start: bigint; readonly end: bigint }[]) {
    const sorted = ranges.filter((range) => range.end > range.start).toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
    const runs: { start: bigint; end: bigint; first: number }[] = [];
    for (const { start, end } of sorted) {
      const last = runs.at(-1);
      if (last !== undefined && start <= last.end) { if (end > last.end) last.end = end; }
      else runs.push({ start, end, first: 0 });
    }
    let count = 0;
    for (const run of runs) {
      run.first = count;
      count += Number(run.end - run.start);
    }
    this.runs = runs;
    this.bounds = runs.map(({ start, end, first }) => ({ start: Number(start), end: Number(end), first }));
    this.count = count;
  }

  /** Number of the first run of which `behind` is true, runs in their order; `runs.length` if there is none. */
  private search(behind: (run: Run) => boolean): number {
    let low = 0;
    let high = this.runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (behind(this.runs[middle]!)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Compact number of the first known page at or behind real page `page`; `count` if there is none. Steps ask it all the time. */
  lowerBound(page: number): number {
    const { bounds } = this;
    let low = 0;
    let high = bounds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (page < bounds[middle]!.end) high = middle;
      else low = middle + 1;
    }
    if (low === bounds.length) return this.count;
    const { start, first } = bounds[low]!;
    return page <= start ? first : first + (page - start);
  }

  /** Compact number of real page `page`, -1 if the scenario does not know it. */
  find(page: bigint): number {
    const run = this.runs[this.search(({ end }) => page < end)];
    return run !== undefined && page >= run.start ? run.first + Number(page - run.start) : -1;
  }

  /** Real number of compact page `number`. */
  real(number: number): bigint {
    const run = number < this.count ? this.runs[this.search(({ first }) => number < first) - 1] : undefined;
    if (run !== undefined) return run.start + BigInt(number - run.first);
    return (this.runs.at(-1)?.end ?? 0n) + BigInt(number - this.count);
  }
}
