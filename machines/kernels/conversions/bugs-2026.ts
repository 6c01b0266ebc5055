// Known bugs of the series of 2026: those of Linux 7.3 that it inherits and that show by other means here, since attributes are the files'.

import type { KnownBug, UnshownBug } from '../../../src/kernel/define.ts';

export const bugs2026: readonly KnownBug[] = [
  {
    id: 'G4-B11', breaks: 'A fault that copied the state of its page before a conversion exits after it with the old state, and a VMM that obeys undoes the conversion.',
    scenario: 'convert-intent', shownBy: ['S-33'], alsoIn: ['entry-file'], fixedIn: 'conversions-2026-fixed',
  },
  {
    id: 'FL-1', breaks: 'An access without a memslot leaves an entry that makes later faults on the gfn count as shared, though it is private by then and has a memslot.',
    scenario: 'entry-file', shownBy: ['S-33'], fixedIn: 'conversions-2026-fixed',
  },
];

export const unshown2026: readonly UnshownBug[] = [
  {
    id: 'G5-B3', breaks: 'A folio that begins in front of the range is named by its own first page, outside of the range.',
    why: 'The series takes the larger of both; and folios are of one page here.',
  },
];
