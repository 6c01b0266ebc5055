// S-36: a split of a huge folio goes no deeper than it must.

import { HUGE_ORDER, HUGE_PAGES } from '../../steps/huge.ts';
import { anyShared } from '../../steps/huge-file.ts';
import { actorName, indexName } from './words.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

/** A folio was split: is an aligned run of 2M, all private, in more pieces than one? */
function tooDeep(world: CheckedWorld): string | undefined {
  const { objects, frames, last } = world;
  const { big = 0, big_order: order = 0 } = frames[last.actor]!;
  if (big === 0 || order <= HUGE_ORDER) return undefined;
  const { mapping, index } = objects.folio(big);
  for (let k = 0; k < 1 << order; k += HUGE_PAGES) {
    if (anyShared(objects, mapping, index + k, HUGE_ORDER) || objects.folio(big + k).order >= HUGE_ORDER) continue;
    return `${actorName(world, last.actor)} makes folios of one page of ${indexName(world, mapping, index + k)} and ${HUGE_PAGES - 1} more, of which nothing is shared: they could stay one folio of 2M`;
  }
  return undefined;
}

export const s36: Invariant = {
  id: 'S-36',
  title: 'a split goes no deeper than it must',
  statement: 'Of a folio of 1G that is split because something of it is shared, each 2M of which nothing is shared stay one folio.',
  after: { 'split.split': tooDeep },
};
