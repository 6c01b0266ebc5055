// Undoing must know what was there before.

import { allocate, await_, createGmem, failAllocation, notify, run, scenario, slot, write } from '../builder.ts';

export const SC61 = scenario({
  name: 'SC61',
  title: 'fallocate without memory half way',
  shows: 'A fallocate that fails leaves private what was private before it, used by the guest or not.',
  about: ['S-21', 'S-24'],
  privacy: ['allocation'],
  vms: [{ type: 'confidential', vcpus: [{ program: [write(0, 7, { private: true })], thread: [run(), notify('written')] }] }],
  memory: [{ name: 'ram', pages: 4 }],
  setup: [createGmem('A', 4), slot(0, 0, 4, { fd: 'A', memory: 'ram' }), allocate('A', 0, 2)],
  threads: [{ name: 'main', program: [await_('armed'), allocate('A', 0, 4, 'ENOMEM')] }],
  hardware: [{ name: 'hw', program: [await_('written'), failAllocation(1), notify('armed')] }],
});
