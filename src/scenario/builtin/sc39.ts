// A slot is a view; the data are the file's.

import { await_, check, createGmem, deleteSlot, notify, scenario, setAttributes, slot, write } from '../builder.ts';

export const SC39 = scenario({
  name: 'SC39',
  title: 'slot deleted and made again',
  shows: 'What the guest wrote is still there after its slot was deleted and made again over the same part of the file.',
  about: ['S-10', 'S-27'],
  vms: [{ vcpus: [{ program: [write(0, 7), notify('written'), await_('back'), check(0, 7)] }] }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private')],
  threads: [{ name: 'main', program: [await_('written'), deleteSlot(0, { expect: 'ok' }), slot(0, 0, 1, { fd: 'A', expect: 'ok' }), notify('back')] }],
});
