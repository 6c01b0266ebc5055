// A hole of two pages in the middle of a huge page, which stays one.

import { await_, createGmem, notify, punch, read, scenario, slot, write } from '../builder.ts';

export const SC48 = scenario({
  name: 'SC48',
  title: 'hole inside of a huge page',
  shows: 'A hole in a part of a huge page makes zero of these pages, and of no other one.',
  about: ['S-27', 'S-01'],
  vms: [{ type: 'confidential', vcpus: [{ program: [
    write(0, 7, { private: true }), write(1, 8, { private: true }), write(3, 9, { private: true }), notify('written'), await_('punched'), read(0, { private: true }), read(3, { private: true }),
  ] }] }],
  setup: [createGmem('A', 4, { flags: ['support_shared', 'init_private', 'huge_2m'] }), slot(0, 0, 4, { fd: 'A' })],
  threads: [{ name: 'main', program: [await_('written'), punch('A', 1, 2), notify('punched')] }],
});
