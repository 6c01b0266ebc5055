// Known bugs of the private file of 2022. All of them but G2-B4 are marked D: read out of the drafts, reported by nobody, and tried here. FL-3
// was found by the laboratory.

import type { KnownBug, UnshownBug } from '../../../src/kernel/define.ts';

const fixedIn = 'private-ops-2022-fixed';

export const privateOpsBugs: readonly KnownBug[] = [
  {
    id: 'G2-B1', breaks: 'A shared fault asks the file and finds no page, the page is allocated and map zaps, and then the fault maps the shared page: nothing has made it stale (D, confirmed).',
    scenario: 'SC59', shownBy: ['S-24'], alsoIn: ['SC11', 'SC13', 'SC15', 'SC16', 'SC17', 'stress-all', 'stress-small'], fixedIn,
  },
  {
    id: 'G2-B4', breaks: 'A private fault leaves out all of the stale test, and installs its SPTE in a root that became obsolete meanwhile and was zapped.',
    scenario: 'dying-root', shownBy: ['S-10'], fixedIn,
  },
  {
    id: 'G2-B6', breaks: 'A fallocate that fails takes back pages that an earlier one has allocated and nobody has used: they were private, and are shared (D, confirmed in this form).',
    scenario: 'SC61', shownBy: ['S-22'], fixedIn,
  },
  {
    id: 'FL-3', breaks: 'A shared fault maps a whole huge page of the VMM though one of its pages is allocated, and private: nothing records that the huge page is mixed.',
    scenario: 'SC13', shownBy: ['S-24'], fixedIn,
  },
];

export const privateOpsUnshown: readonly UnshownBug[] = [
  {
    id: 'G2-B2', breaks: 'mmu_seq moves on before the page is inserted: a fault with its snapshot from in between is not stale when it maps (D, confirmed).',
    why: 'It is how G2-B1 may be mended and is not enough; no draft of this generation moves mmu_seq at all. Mutant M88 does, and breaks S-24.',
  },
  {
    id: 'G2-B3', breaks: 'A hole takes the page out of the file before it calls unmap: the guest uses a page that is free (D, confirmed).',
    why: 'The drafts call first, with the page locked. Mutant M56a calls behind, and breaks S-01.',
  },
  {
    id: 'G2-B5', breaks: 'The question whether a page is private is asked by a look-up that allocates: every shared access converts its page (D, confirmed).',
    why: 'The drafts have a look-up that does not allocate. Mutant M88a asks with the other one, and breaks S-24.',
  },
  {
    id: 'G2-B7', breaks: 'A VMM that dies between the two halves of a conversion leaves memory on both sides, or on neither (D).',
    why: 'The VM dies with its VMM, and nothing that outlives them is wrong: what order a VMM keeps is its own affair (SC18).',
  },
  {
    id: 'G2-B8', breaks: 'A stray fallocate or hole on the private file converts guest pages that nobody wanted converted (D).',
    why: 'To the kernel it is a conversion like any other; that nothing can tell them apart is why the next design keeps an attribute.',
  },
  {
    id: 'G2-B9', breaks: 'A fault allocates page tables with its page locked: reclaim may want that page (D, refuted as a deadlock).',
    why: 'Reclaim only tries page locks, and does not reclaim sealed pages; what is left are delays, and there is no time here.',
  },
  {
    id: 'G2-B10', breaks: 'Two vCPUs that mean different things by one page make their VMM convert it to and fro (D, confirmed: L-06).',
    why: 'A fair loop, which `faultline explore examples/ping-pong.json --strategy exhaustive` finds on every kernel that converts: the kernel does what it is asked, and a VMM that obeys both breaks L-06. No kernel mends it; a VMM that lets one vCPU have its way does (SC17).',
  },
];
