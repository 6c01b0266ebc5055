// Cycles in the lock order of many schedules, as findings: each with the schedule in which the last of its edges appeared.

import { withCycles } from '../check/lock-cycles.ts';
import type { LockEdge } from '../check/lock-report.ts';
import { brokenByEdge, brokenByOrder } from './broken.ts';
import { edgeKey } from './keys.ts';
import type { SampledFinding, ShownEdge, ShownLockOrder, ShownNesting } from './sample-types.ts';

/** Findings of an order that was put together from schedules. */
export function lockFindings({ classes, edges, nestings }: ShownLockOrder): SampledFinding[] {
  const shown = new Map<LockEdge, ShownEdge | ShownNesting>();
  for (const one of [...edges, ...nestings]) shown.set(one.edge, one);
  const { cycles } = withCycles({ classes, edges: edges.map(({ edge }) => edge), nestings: nestings.map(({ edge }) => edge) });
  return cycles.map((cycle) => {
    const last = cycle.edges.map((edge) => shown.get(edge)!).reduce((a, b) => (b.first > a.first || (b.first === a.first && b.schedule.length > a.schedule.length) ? b : a));
    const edges = cycle.edges.map((edge) => ({ ...brokenByEdge(edge), schedule: shown.get(edge)!.schedule }));
    return { ...brokenByOrder(cycle), schedule: last.schedule, edges, times: 1, first: last.first, by: last.by };
  });
}

const byFirst = (a: ShownEdge | ShownNesting, b: ShownEdge | ShownNesting): number => a.first - b.first || a.schedule.length - b.schedule.length;

/** The earliest of each kind of edge. */
function earliest<T extends ShownEdge | ShownNesting>(all: readonly T[], key: (one: T) => string): T[] {
  const first = new Map<string, T>();
  for (const one of all.toSorted(byFirst)) if (!first.has(key(one))) first.set(key(one), one);
  return [...first.values()];
}

/** One order of several parts. */
export function mergeShown(parts: readonly ShownLockOrder[]): ShownLockOrder {
  const classes = new Map<string, ShownLockOrder['classes'][number]>();
  for (const one of parts.flatMap((part) => part.classes)) classes.set(one.name, { ...one, writers: one.writers || classes.get(one.name)?.writers === true });
  return {
    classes: [...classes.values()],
    edges: earliest(parts.flatMap(({ edges }) => edges), ({ edge }) => edgeKey(edge)),
    nestings: earliest(parts.flatMap(({ nestings }) => nestings), ({ edge }) => edgeKey(edge)),
  };
}
