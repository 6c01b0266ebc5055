// Known bugs of the RFC of May 2025 that huge pages bring.

import type { KnownBug } from '../../../../src/kernel/define.ts';

const fixedIn = 'conversions-2025-huge-fixed';

/** Those of the kernel below that show in one scenario more; each takes the place of the one below. */
export const shownMore = (below: readonly KnownBug[]): readonly KnownBug[] => below.filter(({ id }) => id === 'G4-B10').map((bug) => ({ ...bug, alsoIn: ['split-poison'] }));

export const bugs2025huge: readonly KnownBug[] = [
  {
    id: 'G5-B3', breaks: 'A folio that begins in front of the range is named by its own first page, outside of the range: one whose split has failed in a fault.',
    scenario: 'split-failed', shownBy: ['S-26'], fixedIn,
  },
  {
    id: 'G5-B10', breaks: 'A huge page is in the page cache before it is split, so that a fault beside it maps it as huge though a part of it is shared.',
    scenario: 'SC46', shownBy: ['S-04', 'S-09', 'L-04'], fixedIn,
  },
  {
    id: 'G5-B11', breaks: 'Where a hole begins or ends inside of a huge page, pages are zeroed from the beginning of the folio on, as many as the end lies behind a border.',
    scenario: 'SC48', shownBy: ['S-27'], fixedIn,
  },
  {
    id: 'G5-B12', breaks: 'An allocation rounds both of its bounds down to huge pages, so that the last one is left out, and reports success.',
    scenario: 'SC49', shownBy: ['S-22'], fixedIn,
  },
  {
    id: 'G5-B16', breaks: 'A single shared page makes small folios of a whole page of 1G, though most of it is private and could stay in folios of 2M.',
    scenario: 'split-giant', shownBy: ['S-36'], fixedIn,
  },
];
