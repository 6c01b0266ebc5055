// Locks held and waited for, from step to step: a table of which a run of a million steps has hundreds of thousands of rows, in the order in which they
// begin. Those of a moment, or of what is in sight, are found without a walk over all.

import { Columns } from './columns.ts';

/** A lock held or waited for: `to` is the step that ended it, or OPEN. */
export type Spans = Columns<'actor' | 'object' | 'from' | 'to' | 'mode'>;
/** `to` of what has not ended. */
export const OPEN = 0x7fffffff;

/** Rows of which the latest end is kept. */
const BLOCK = 256;

/** The latest end in each block of rows, as it was when there were `count` of them. Ends only become earlier, so it stays right, if not sharp. */
interface Ends { readonly count: number; readonly whole: boolean; readonly latest: Int32Array }

const known = new WeakMap<Spans, Ends>();

function endsOf(spans: Spans, whole: boolean): Int32Array {
  const before = known.get(spans);
  if (before?.count === spans.count && before.whole === whole) return before.latest;
  const to = spans.column('to');
  const latest = new Int32Array(Math.ceil(spans.count / BLOCK));
  for (let row = 0; row < spans.count; row++) if (to[row]! > latest[Math.floor(row / BLOCK)]!) latest[Math.floor(row / BLOCK)] = to[row]!;
  known.set(spans, { count: spans.count, whole, latest });
  return latest;
}

/** Calls `visit` for each row that has begun by step `until` and has not ended before `from`, in their order. `whole`: the run has been looked through. */
export function eachSpan(spans: Spans, from: number, until: number, whole: boolean, visit: (row: number) => void): void {
  const [begins, ends] = [spans.column('from'), spans.column('to')];
  const latest = endsOf(spans, whole);
  for (let row = 0; row < spans.count; row++) {
    if ((row & (BLOCK - 1)) === 0 && latest[Math.floor(row / BLOCK)]! < from) {
      row += BLOCK - 1;
      continue;
    }
    if (begins[row]! > until) return;
    if (ends[row]! >= from) visit(row);
  }
}

/** A table of spans, with those of an earlier one that began up to `step`. */
export function spansUpTo(earlier: Spans | undefined, step: number): Spans {
  const result: Spans = new Columns(['actor', 'object', 'from', 'to', 'mode']);
  if (earlier === undefined) return result;
  for (let row = 0; row < earlier.count; row++) {
    const from = earlier.get(row, 'from');
    if (from > step) continue;
    const to = earlier.get(row, 'to');
    result.add({ actor: earlier.get(row, 'actor'), object: earlier.get(row, 'object'), from, to: to > step ? OPEN : to, mode: earlier.get(row, 'mode') });
  }
  return result;
}
