// Page numbers are 64-bit values of which a scenario touches a few. A page space numbers those compactly, 0 to count - 1, in
// ascending order, so that any half-open range of real pages is one half-open range of compact ones and range loops stay exact.

/** Maximal runs [start, end) of real page numbers, ascending, not touching. */
export class PageSpace {
  readonly count: number;
  private readonly runs: readonly { readonly start: bigint; readonly end: bigint; readonly first: number }[];
  /** The same in numbers, which are exact: real pages are below 2^53. */
  private readonly bounds: readonly { readonly start: number; readonly end: number; readonly first: number }[];

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

  /** Compact number of the first known page at or behind real page `page`; `count` if there is none. Steps ask it all the time. */
  lowerBound(page: number): number {
    const { bounds } = this;
    for (let k = 0; k < bounds.length; k++) {
      const { start, end, first } = bounds[k]!;
      if (page < end) return page <= start ? first : first + (page - start);
    }
    return this.count;
  }

  /** Compact number of real page `page`, -1 if the scenario does not know it. */
  find(page: bigint): number {
    for (const run of this.runs) if (page >= run.start && page < run.end) return run.first + Number(page - run.start);
    return -1;
  }

  /** Real number of compact page `number`. */
  real(number: number): bigint {
    for (const run of this.runs) {
      const size = Number(run.end - run.start);
      if (number < run.first + size) return run.start + BigInt(number - run.first);
    }
    return (this.runs.at(-1)?.end ?? 0n) + BigInt(number - this.count);
  }
}
