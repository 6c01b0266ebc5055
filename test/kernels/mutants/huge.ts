// Mutants of files of huge pages: cut from the RFC of 2025 with these, with its known bugs mended.

import { allocate, await_, convertGmem, createGmem, failAllocation, notify, scenario, slot, write } from '../../../src/scenario/builder.ts';
import { splitGiant } from '../../../src/scenario/builtin/split-giant.ts';
import { allOrNothing } from '../../../src/steps/huge-file.ts';
import { sizedSteps } from '../../../src/steps/huge-restructure.ts';
import { changed, type Mutant } from '../../../src/explore/mutants/mutant.ts';
import type { Step } from '../../../src/memory/world.ts';

const HUGE = 'conversions-2025-huge-fixed';

const file = createGmem('A', 4, { flags: ['support_shared', 'init_private', 'huge_2m'] });

/** The guest has mapped the huge page, of which another page becomes shared. */
const mappedHuge = scenario({
  name: 'split-mapped', vms: [{ type: 'confidential', vcpus: [{ program: [write(0, 1, { private: true })] }] }], setup: [file, slot(0, 0, 4, { fd: 'A' })],
  threads: [{ name: 'main', program: [convertGmem('A', 3, 1, 'shared')] }],
});
/** No memory for the second of the small folios. */
const noMemory = scenario({
  name: 'split-enomem', vms: [{}], setup: [file, allocate('A', 0, 4)],
  threads: [{ name: 'main', program: [await_('armed'), convertGmem('A', 0, 1, 'shared')] }],
  hardware: [{ name: 'allocator', program: [failAllocation(3), notify('armed')] }],
});

export const hugeMutants: readonly Mutant[] = [
  {
    id: 'M82', does: 'splits a huge folio without zapping it', where: 'kvm_gmem_convert_range', base: HUGE, scenario: mappedHuge, shownBy: ['S-04', 'S-09'],
    fragments: { 'gmem.convert': (edit) => edit.redirect('zapNext', 'ok', 'zapNext') },
  },
  {
    id: 'M85', does: 'does not undo a split that failed', where: 'kvm_gmem_try_split_folio_in_filemap', base: HUGE, scenario: noMemory, shownBy: ['S-21'],
    fragments: { 'gmem.splitFolio': (edit) => edit.redirect('add', 'enomem', '^failed') },
  },
  {
    id: 'A11', does: 'splits 1G into small folios however little of it is shared', where: 'kvm_gmem_split_folio_in_filemap', base: HUGE, scenario: splitGiant, shownBy: ['S-36'],
    steps: Object.fromEntries(Object.entries(sizedSteps(allOrNothing, false)).map(([name, step]) => [name, changed<object>(() => step as Step<object>)])),
  },
];
