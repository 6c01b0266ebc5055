// L-05: a conversion gives up only for somebody who will let go. Judged where it finds a page in use: the references there are counted, and what
// the page cache, the conversion itself, batches on their way to the LRU list and the host's page tables hold is nobody's use of the page.

import { fileAt } from '../../steps/mappings.ts';
import { withShareability } from '../../steps/shareability.ts';
import { inBatch } from '../../steps/lru-batch.ts';
import { busy } from '../../steps/gmem-references.ts';
import { actorName, indexName } from './words.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

/** Entries of the process's page tables that map a page of the folio. */
function mappedTimes({ objects, facts }: CheckedWorld, head: number, pages: number): number {
  let count = 0;
  for (let hva = 0; hva < facts.sizes.hva; hva++) {
    const { pfn } = objects.hpte(hva);
    if (pfn >= head && pfn < head + pages && (facts.regionOfHva[hva] ?? -1) >= 0 && fileAt(objects, hva) !== 0) count++;
  }
  return count;
}

function nobody(world: CheckedWorld): string | undefined {
  const { objects, frames, last } = world;
  if (last.outcome !== busy) return undefined;
  const { pfn = 0 } = frames[last.actor]!;
  const { mapping, index, order } = objects.folio(pfn);
  const pages = 1 << order;
  const batch = inBatch(objects, pfn) ? 1 : 0;
  // Where it was unmapped and is mapped again, the host has used it meanwhile.
  const mapped = withShareability(objects).converted(last.actor).unmapped.has(index) ? 0 : mappedTimes(world, pfn, pages);
  // The page cache's, and the one of the look-up.
  if (objects.folio_ref(pfn).refcount > pages + 1 + batch + mapped) return undefined;
  const why = mapped > 0 ? 'only the host\'s page tables have it, which a conversion takes away' : 'all that refers to it is a batch on its way to the LRU list, which may never be drained';
  return `${actorName(world, last.actor)} gives up because of ${indexName(world, mapping, index)}, which nobody uses: ${why}`;
}

export const l05: Invariant = {
  id: 'L-05',
  title: 'a conversion gives up only for a user',
  statement: 'A conversion that answers EAGAIN has met a reference of somebody who will drop it, so that it succeeds once all have.',
  after: { 'references.test': nobody },
};
