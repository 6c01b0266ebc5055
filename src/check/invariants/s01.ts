// S-01, the property that guest_memfd's protocol is about: no mapping of a page that is not in the file any more.

import type { Invariant } from '../invariant.ts';

export const s01: Invariant = {
  id: 'S-01',
  title: 'no use after truncation',
  statement: 'If an SPTE maps a page, that page is in the cache of the inode that the slot is bound to, at the index of the gfn, or an '
    + 'invalidation that covers the gfn is open and has not zapped it yet.',
  reads: ['spte', 'cache', 'open_invalidation'],
  check({ objects, facts }) {
    const { spte, cache, open_invalidation, folio } = objects;
    for (let vm = 0; vm < facts.sizes.vm; vm++) {
      for (let root = 0; root < facts.sizes.root; root++) {
        for (let gfn = 0; gfn < facts.sizes.gfn; gfn++) {
          const leaf = spte(vm, root, gfn);
          if (leaf.pfn === 0 || leaf.private === 0) continue;
          const { mapping, index } = folio(leaf.pfn);
          if (mapping !== 0 && cache(mapping, index).pfn === leaf.pfn) continue;
          let excused = false;
          for (let actor = 1; actor <= facts.actors && !excused; actor++) {
            const ghost = open_invalidation(vm, actor);
            excused = ghost.open !== 0 && ghost.covers.has(gfn) && !ghost.zapped.has(gfn);
          }
          if (!excused) return `the SPTE of gfn ${facts.gfns.real(gfn)} maps pfn ${leaf.pfn}, which is in no page cache, and no invalidation is about to zap it`;
        }
      }
    }
    return undefined;
  },
};
