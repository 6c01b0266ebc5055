// A fault looks its folio up, then a hole is punched before it installs the page.

import { createGmem, punch, read, scenario, setAttributes, slot, write } from '../builder.ts';

export const SC01 = scenario({
  name: 'SC01',
  title: 'fault against punch, look-up first',
  shows: 'A private fault that has looked its folio up retries when a hole is punched before it installs the page.',
  about: ['S-01', 'S-03'],
  vms: [{ vcpus: [{ program: [write(0, 7), read(0)] }] }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private')],
  threads: [{ name: 'main', program: [punch('A', 0, 1)] }],
});
