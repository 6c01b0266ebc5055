// Kernels whose files have huge pages.

import { layout } from '../layout.ts';

/** Ghost: log2 of the pages of the folio at each index of a file, + 1, when the conversion of this actor began; 0: there was none. */
export const folio_sizes = layout('folio_sizes', { orders: { cells: 'index' } }, { per: ['actor'], ghost: true });
