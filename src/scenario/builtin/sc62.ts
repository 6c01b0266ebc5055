// Memory whose VM has let go of it. For designs in which a file has an owner: those before bound it to whoever came.

import { await_, createGmem, deleteSlot, notify, read, scenario, setAttributes, slot, write } from '../builder.ts';

export const SC62 = scenario({
  name: 'SC62',
  title: 'bound again, to another VM',
  shows: 'What a VM wrote to its private memory is not seen by another VM that binds the same file once the first has deleted its slot.',
  about: ['S-05', 'S-29'],
  privacy: ['attribute'],
  vms: [{ vcpus: [{ program: [write(0, 7), notify('written')] }] }, { vcpus: [{ program: [await_('bound'), read(0)] }] }],
  setup: [createGmem('A', 1, { vm: 0 }), slot(0, 0, 1, { vm: 0, fd: 'A' }), setAttributes(0, 1, 'private', { vm: 0 }), setAttributes(0, 1, 'private', { vm: 1 })],
  threads: [{ name: 'main', program: [await_('written'), deleteSlot(0, { vm: 0, expect: 'ok' }), slot(0, 0, 1, { vm: 1, fd: 'A' }), notify('bound')] }],
});
