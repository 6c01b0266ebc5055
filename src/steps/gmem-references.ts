// Steps that ask whether somebody besides the page cache has a folio of a range of a file, before its pages become private.

import { ok, outcome } from '../memory/outcome.ts';
import { frame, type Registers } from '../memory/layout.ts';
import { EAGAIN } from './errno.ts';
import { done } from './flush.ts';
import { drainBatches } from './lru-batch.ts';
import type { FolioAt } from '../memory/frames.ts';
import type { Convert } from './gmem-convert.ts';
import type { Step, World } from '../memory/world.ts';

export const busy = outcome('busy');
export const unexpected = outcome('unexpected');

export const TestReferencesFrame = frame('gmem.testReferences', {
  index: { ref: 'index' }, pfn: { ref: 'pfn' },
  /** Behind the folio that was tested last. */
  tested_to: { ref: 'index' },
});
export type References = Convert & FolioAt & Registers<typeof TestReferencesFrame>;

/** The page cache's references, one a page, and the one of the look-up, and no other. */
export const expected = ({ folio, folio_ref }: World, pfn: number): boolean => folio_ref(pfn).refcount === (1 << folio(pfn).order) + 1;

export const steps = {
  /** The next folio of the range in the page cache, with a reference. */
  'references.findNext': (world, f) => {
    for (let index = Math.max(f.tested_to, f.start); index < f.end; index++) {
      const { pfn } = world.cache(f.inode, index);
      if (pfn === 0) continue;
      world.folio_ref(pfn).add_refcount(1);
      f.index = index;
      f.pfn = pfn;
      f.tested_to = index + (1 << world.folio(pfn).order);
      return ok;
    }
    return done;
  },
  /** Where somebody else has the folio, the conversion is over. The error index is the folio's own. */
  'references.test': (world, f) => {
    if (expected(world, f.pfn)) return ok;
    f.errno = EAGAIN;
    f.error_index = world.folio(f.pfn).index + 1;
    f.busy_index = f.error_index;
    f.cursor = f.request_start;
    return busy;
  },
} satisfies { [name: string]: Step<References> };

export const drainSteps = {
  /** A first count that decides nothing but whether to drain. */
  'references.count': (world, f) => (expected(world, f.pfn) ? ok : unexpected),
  /** lru_add_drain_all */
  'references.drain': (world) => {
    drainBatches(world);
    return ok;
  },
} satisfies { [name: string]: Step<References> };
