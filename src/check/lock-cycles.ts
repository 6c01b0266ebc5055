// Cycles in the graph of lock classes, and graphs of several runs put together.

import type { LockClassReport, LockCycle, LockEdge, LockGraph, LockNesting, LockOrderReport } from './lock-report.ts';

/** Longer ones have not been seen in any kernel, and their number grows fast. */
const LONGEST = 6;

/**
 * Does who wants it, as `wanted` says, wait for who has it, as `held` says? Two readers do not, unless a writer can queue between
 * them: rw_semaphore and the queued rwlock of mmu_lock let nobody pass a writer that waits, or readers would starve it. So the
 * second reader waits for the writer, the writer for the first reader, and the cycle is closed by a third actor. It is counted
 * where anybody was seen to want the class exclusively. A section has only readers, who never wait, and those who wait for them.
 */
function waits({ kind, writers }: LockClassReport, wanted: LockEdge, held: LockEdge): 'yes' | 'heldBack' | 'no' {
  if (wanted.toMode === 'exclusive' || held.fromMode === 'exclusive') return 'yes';
  return kind !== 'section' && writers ? 'heldBack' : 'no';
}

/** All cycles of different classes, one for each sequence of them, the alphabetically first class in front. */
function cyclesOfEdges({ classes, edges }: LockGraph): LockCycle[] {
  const byName = new Map(classes.map((one) => [one.name, one]));
  const from = new Map<string, LockEdge[]>();
  for (const edge of edges) from.set(edge.from, [...(from.get(edge.from) ?? []), edge]);
  // What needs no third actor is told first.
  const found = new Map<string, LockCycle>();
  const follow = (path: LockEdge[], heldBack: readonly string[]): void => {
    const last = path.at(-1)!;
    const first = path[0]!;
    if (last.to === first.from) {
      const how = waits(byName.get(last.to)!, last, first);
      if (how === 'no') return;
      const all = how === 'heldBack' ? [...heldBack, last.to] : heldBack;
      const key = path.map((edge) => edge.from).join(' ');
      const known = found.get(key);
      if (known === undefined || all.length < known.heldBack.length) found.set(key, { classes: path.map((edge) => edge.from), edges: path, heldBack: all });
      return;
    }
    if (path.length === LONGEST) return;
    for (const next of from.get(last.to) ?? []) {
      if (next.to < first.from || (next.to !== first.from && path.some((edge) => edge.from === next.to || edge.to === next.to))) continue;
      const how = waits(byName.get(last.to)!, last, next);
      if (how !== 'no') follow([...path, next], how === 'heldBack' ? [...heldBack, last.to] : heldBack);
    }
  };
  for (const edge of edges) if (edge.from < edge.to) follow([edge], []);
  return [...found.values()];
}

/** Cycles within one class: the same lock twice, or two of them in no fixed order. */
function cyclesOfNestings({ classes, nestings }: LockGraph): LockCycle[] {
  const cycles: LockCycle[] = [];
  for (const one of classes) {
    const own = nestings.filter((nesting) => nesting.from === one.name);
    const same = own.find((nesting) => nesting.nested === 'same' && waits(one, nesting, nesting) !== 'no');
    if (same !== undefined) cycles.push({ classes: [one.name], edges: [same], heldBack: waits(one, same, same) === 'heldBack' ? [one.name] : [] });
    const opposite = pairs(own.filter(({ nested }) => nested === 'ascending'), own.filter(({ nested }) => nested === 'descending'))
      .find(([up, down]) => waits(one, up, down) !== 'no' && waits(one, down, up) !== 'no');
    if (opposite === undefined) continue;
    const [up, down] = opposite;
    const heldBack = waits(one, up, down) === 'heldBack' || waits(one, down, up) === 'heldBack' ? [one.name] : [];
    cycles.push({ classes: [one.name, one.name], edges: [up, down], heldBack });
  }
  return cycles;
}

const pairs = (a: readonly LockNesting[], b: readonly LockNesting[]): (readonly [LockNesting, LockNesting])[] => a.flatMap((one) => b.map((other) => [one, other] as const));

/** The graph with the cycles that are in it. */
export function withCycles(graph: LockGraph): LockOrderReport {
  const cycles = [...cyclesOfEdges(graph), ...cyclesOfNestings(graph)];
  return { ...graph, cycles: cycles.toSorted((a, b) => compare(a.classes.join(' '), b.classes.join(' '))) };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const edgeKey = (edge: LockEdge | LockNesting): string => [edge.from, edge.fromMode, edge.to, edge.toMode, 'nested' in edge ? edge.nested : ''].join(' ');

/** The first of each key. */
function firstOfEach<T>(all: readonly T[], key: (one: T) => string): T[] {
  const seen = new Map<string, T>();
  for (const one of all) if (!seen.has(key(one))) seen.set(key(one), one);
  return [...seen.values()];
}

/** One graph of what several runs have shown, with its cycles; the earlier run's witnesses stay. */
export function mergeLockOrder(reports: readonly LockGraph[]): LockOrderReport {
  const classes = new Map<string, LockClassReport>();
  for (const one of reports.flatMap((report) => report.classes)) {
    classes.set(one.name, { ...one, writers: one.writers || classes.get(one.name)?.writers === true });
  }
  return withCycles({
    classes: [...classes.values()],
    edges: firstOfEach(reports.flatMap((report) => report.edges), edgeKey),
    nestings: firstOfEach(reports.flatMap((report) => report.nestings), edgeKey),
  });
}
