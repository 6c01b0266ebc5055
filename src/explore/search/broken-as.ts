// How a search tells violations apart.

import type { Invariant } from '../../check/invariant.ts';
import type { RunWorld } from '../../runtime/world.ts';
import type { FindingKind } from '../finding.ts';

/** Key and kind of the violation that the last step is. Who came to rest last has nothing to do with what everybody has left behind. */
export function brokenAs({ last, table: { leaves }, frames }: RunWorld, invariants: readonly Invariant[], id: string): { readonly key: string; readonly kind: FindingKind } {
  const atEnd = invariants.find((one) => one.id === id)?.atQuiescence !== undefined && frames.every((frame, n) => n === 0 || leaves[frame.leaf]!.idle);
  const { machine, path } = leaves[last.leaf]!;
  return atEnd ? { key: `${id} when everybody rests`, kind: 'leak' } : { key: `${id} at ${machine} ${path}`, kind: 'safety' };
}
