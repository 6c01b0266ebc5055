// Known bugs of the RFC of May 2025.

import type { KnownBug, UnshownBug } from '../../../src/kernel/define.ts';

const fixedIn = 'conversions-2025-fixed';

export const bugs2025: readonly KnownBug[] = [
  {
    id: 'G5-B1', breaks: 'A conversion that runs out of memory for its work list converts what it has listed by then and reports success.',
    scenario: 'convert-enomem', shownBy: ['S-21'], fixedIn,
  },
  {
    id: 'G5-B2', breaks: 'The error_offset of a conversion that fails with another error than EAGAIN is whatever was on the stack.',
    scenario: 'convert-enomem', shownBy: ['S-26'], fixedIn,
  },
  {
    id: 'G5-B6', breaks: 'A page that was added to the file a moment ago cannot be converted as long as a CPU keeps it in a batch on its way to the LRU list.',
    scenario: 'SC42', shownBy: ['L-05', 'S-22'], alsoIn: ['SC40', 'SC43', 'SC45', 'convert-intent', 'review-conversion', 'stress-conversions'], fixedIn,
  },
  {
    id: 'G5-B7', breaks: 'KVM_TDX_INIT_MEM_REGION maps a page by the path of a guest fault, which waits for the invalidate_lock that its own thread holds.',
    scenario: 'SC51', shownBy: ['L-04'], fixedIn,
  },
  {
    id: 'G5-B8', breaks: 'Filling private memory brings in pages of the process with invalidate_lock held; a fault of the process takes both locks the other way round.',
    scenario: 'SC50', shownBy: ['L-04'], lockOrder: ['invalidate_lock', 'mmap_lock'], fixedIn,
  },
];

export const unshown2025: readonly UnshownBug[] = [
  {
    id: 'G5-B3', breaks: 'A folio that begins in front of the range is named by its own first page, outside of the range.',
    why: 'Folios of this kernel are of one page, so that none begins in front of a range.',
  },
  {
    id: 'G5-B4', breaks: 'The look for a left neighbour of page 0 wraps to the largest index there is.',
    why: 'Nothing lies there: a file ends far below, at page 2^51 at most, so that no neighbour is found and nothing is merged wrongly.',
  },
  {
    id: 'G5-B5', breaks: 'The alignment of the offset is tested twice, that of the size never.',
    why: 'It was in a draft between this series and that of 2026; neither has it. Mutant A08 puts it into the latter.',
  },
  {
    id: 'G5-B9', breaks: 'Memory is allocated while mmu_lock is held.',
    why: 'It was in a branch, not in the series. Mutant A09 puts it into that of 2026.',
  },
  {
    id: 'G5-B13', breaks: 'A conversion that gives up has zapped the leaves of the guest already.',
    why: 'A page that is held makes it give up on the way to private, where it has zapped shared leaves: a fault more, which is allowed. Private ones it has zapped in vain only where memory runs out on the way to shared; a test loses data by that once zapping is made destructive, as TDX has it, which no kernel here does.',
  },
  {
    id: 'G5-B14', breaks: 'Host pages are unmapped and counted without the exclusive lock, so that a fault of the host maps them again.',
    why: 'It was a proposal, which the series does not have; mutants M81 and M84 are this mistake.',
  },
  {
    id: 'G5-B15', breaks: 'One hook tells the architecture of pages that are freed and of pages that become shared.',
    why: 'What pKVM does in the hook, scrub in one case and preserve in the other, is not modelled; the only architecture here is x86, which does nothing.',
  },
];
