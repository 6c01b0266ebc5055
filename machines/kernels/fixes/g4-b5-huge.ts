// G4-B5 where folios are of several pages: the page cache has a reference for each of them.

import { headOf } from '../../../src/steps/folio.ts';
import { pagesOf } from '../../../src/steps/huge-folio.ts';
import { verdict, type Mf } from '../../../src/steps/memory-failure.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

/** This function's reference, and the page cache's while the page is still in it. */
const readVerdict: Step<Mf> = (world, f) => verdict(world, f, world.folio(f.pfn).mapping !== 0 ? 1 + pagesOf(world, headOf(world.folio, f.pfn)) : 1);

export const g4b5Huge: Fix = { steps: { 'mf.verdict': readVerdict } };
