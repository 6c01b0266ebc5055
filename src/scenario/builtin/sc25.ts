// A fault that has a reference on the file keeps it alive past its last close.

import { close, createGmem, scenario, setAttributes, slot, write } from '../builder.ts';

export const SC25 = scenario({
  name: 'SC25',
  title: 'close against fault',
  shows: 'The last close waits with the release for a fault that holds the file; the release then takes away what the fault mapped.',
  about: ['S-13', 'S-31'],
  vms: [{ vcpus: [{ program: [write(0, 1), write(0, 2)] }] }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private')],
  threads: [{ name: 'main', program: [close('A', 'ok')] }],
});
