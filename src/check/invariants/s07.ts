// S-07: where files keep the state of their pages, the host maps none that is the guest's alone.

import { fileAt, indexAt } from '../../steps/mappings.ts';
import { guestOnly, shareabilityAt, withShareability } from '../../steps/shareability.ts';
import { hvaName, indexName } from './words.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

/** The state at this place is asked where there is an entry: most pages have none. */
function entryBroken(world: CheckedWorld, hva: number): string | undefined {
  const { objects, facts, words, pfns: { hpte } } = world;
  if (facts.config.shareability === undefined || words[hpte.at + hva * hpte.stride] === 0) return undefined;
  const region = facts.regionOfHva[hva] ?? -1;
  if (region < 0 || fileAt(objects, hva) === 0) return undefined;
  const { inode } = objects.mapping(region);
  const index = indexAt(objects, hva);
  if (index < 0 || !guestOnly(shareabilityAt(withShareability(objects), inode, index))) return undefined;
  return `${hvaName(world, hva)} is mapped to pfn ${objects.hpte(hva).pfn}, ${indexName(world, inode, index)}, which is the guest's alone`;
}

function anyEntry(world: CheckedWorld): string | undefined {
  if (world.facts.config.shareability === undefined) return undefined;
  for (let hva = 0; hva < world.facts.sizes.hva; hva++) {
    const broken = entryBroken(world, hva);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

export const s07: Invariant = {
  id: 'S-07',
  title: 'the host maps no private page',
  statement: 'Where files keep the state of their pages, no page-table entry of the VMM\'s process maps a page whose state is that only the guest may use it.',
  onWrite: { hpte: entryBroken, shareability: anyEntry },
  whole: anyEntry,
};
