// Conversion in place with huge pages, as the RFC of May 2025 that is built upon the one in conversions-2025.ts has it: the memory of a file may
// come in folios of 2M or 1G, four and sixteen pages here. A leaf of a guest is of 2M at most, in a folio of 1G too. Pages come from the page
// allocator, where the kernel has a pool of huge pages that it must give whole ones back to; huge folios are in no batch on the way to an LRU list.

import { deriveKernel } from '../../src/kernel/define.ts';
import { conversions_2025 } from './conversions-2025.ts';
import { bugs2025huge, shownMore } from './conversions/huge/bugs.ts';
import { hugeConvert } from './conversions/huge/convert.ts';
import { hugeFallocate } from './conversions/huge/fallocate.ts';
import { hugeFiles } from './conversions/huge/files.ts';
import { together } from './fix.ts';

export const conversions_2025_huge = deriveKernel(conversions_2025, together('conversions-2025-huge', 'the RFC of May 2025 with huge pages', [
  hugeFiles, hugeConvert(conversions_2025), hugeFallocate,
  { mended: shownMore(conversions_2025.bugs).map(({ id }) => id), bugs: [...shownMore(conversions_2025.bugs), ...bugs2025huge] },
]));
