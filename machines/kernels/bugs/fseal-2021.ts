// Known bugs of F_SEAL_GUEST. Marked D are those that nobody has reported: they were read out of the patch, and each was tried here.

import type { KnownBug, UnshownBug } from '../../../src/kernel/define.ts';

const fixedIn = 'fseal-2021-fixed';
/** There the file is sealed from its creation, its owner is counted, and a fault asks the file and never allocates. */
const next = 'private-ops-2022';

export const fsealBugs: readonly KnownBug[] = [
  // The owner.
  {
    id: 'G1-B1', breaks: 'Who calls back reads the owner without a lock and holds no reference: the VM is freed before, or during, the call.',
    scenario: 'SC55', shownBy: ['S-28', 'S-18'], fixedIn: next,
  },
  {
    id: 'G1-B2', breaks: 'Nobody unregisters: the inode names its owner when the VM is long gone, calls it, and refuses every other VM.',
    scenario: 'next-owner', shownBy: ['S-22', 'S-28'], alsoIn: ['SC55'], fixedIn: next,
  },
  {
    id: 'G1-B3', breaks: 'Two VMs register at a time, each sees no owner, and both go on as the one that the memory belongs to.',
    scenario: 'SC56', shownBy: ['S-05'], race: ['register.set', 'register.test'], fixedIn: next,
  },
  {
    id: 'G1-B12', breaks: 'A file without the seal is taken for guest memory: the host maps and reads what the guest writes as private (D, confirmed).',
    scenario: 'register-unsealed', shownBy: ['S-22', 'S-29'], alsoIn: ['SC53'], fixedIn: next,
  },
  {
    id: 'G1-B15', breaks: 'memory_failure() takes a page out of the file and tells no owner: the guest goes on with the page that is lost (D, confirmed).',
    scenario: 'SC19', shownBy: ['S-01'], alsoIn: ['SC23', 'SC24', 'lost-mapped'], fixedIn,
  },
  // Seals.
  {
    id: 'G1-B6', breaks: 'A seal for guests that is refused early releases the lock of the mappings, which was not taken (D, confirmed).',
    scenario: 'seal-frozen', shownBy: ['S-18'], fixedIn: next,
  },
  {
    id: 'G1-B7', breaks: 'Of two seals the second is refused, and what the first one has done stays: no seal is recorded, and nobody can map the file for writing (D, confirmed).',
    scenario: 'seal-half', shownBy: ['S-22'], fixedIn: next,
  },
  {
    id: 'G1-B8', breaks: 'A mmap that has passed the test of the seal links its mapping when the file is sealed: the host maps guest memory (D, confirmed).',
    scenario: 'SC53', shownBy: ['S-23'], fixedIn: next,
  },
  {
    id: 'G1-B9', breaks: 'A read that has passed the tests of size and seal copies its page when the file is sealed and the guest has written it (D, confirmed).',
    scenario: 'SC54', shownBy: ['S-23'], fixedIn: next,
  },
  {
    id: 'G1-B13', breaks: 'Who is handed an ordinary memfd truncates and seals it: its sender loses the data, and every later access fails with EPERM.',
    scenario: 'SC57', shownBy: ['S-22'], fixedIn: next,
  },
  {
    id: 'G1-B14', breaks: 'Pages behind the end of a file of size 0 are sealed with it as an empty file (D, confirmed; they are zero, so nothing leaks).',
    scenario: 'seal-preallocated', shownBy: ['S-23'], fixedIn: next,
  },
  // What get_lock_pfn answers.
  {
    id: 'G1-B4', breaks: 'A look-up that must not allocate finds a hole, and goes on with a null page (D, confirmed).',
    scenario: 'lookup-hole', shownBy: ['S-34'], fixedIn: next,
  },
  {
    id: 'G1-B5', breaks: 'get_lock_pfn returns an error as an unsigned page frame number, and the fault maps it (D, confirmed).',
    scenario: 'fault-enomem', shownBy: ['S-34'], fixedIn,
  },
];

export const fsealUnshown: readonly UnshownBug[] = [
  {
    id: 'G1-B10', breaks: 'The end of an invalidation is the last index, the end of an allocation the one behind it: who mixes them up leaves the last page mapped (D).',
    why: 'It is a trap of the interface, and this KVM does not step into it; mutant M56 does, and breaks S-01 with one page.',
  },
  {
    id: 'G1-B11', breaks: 'A fallocate that fails calls the owner for pages that stay: the guest loses mappings of pages that it has (D, confirmed).',
    why: 'It costs the guest one fault for each page and breaks nothing, since zapping is always allowed; in private-ops-2022 the same undoing takes pages away (G2-B6).',
  },
];
