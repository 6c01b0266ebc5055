// slots_lock orders the two.

import { createGmem, read, scenario, setAttributes, slot } from '../builder.ts';

export const SC15 = scenario({
  name: 'SC15',
  title: 'two converters',
  shows: 'Two conversions of the same range in opposite directions come one behind the other; a vCPU never has a page of the wrong kind.',
  about: ['S-04', 'S-14'],
  vms: [{ type: 'confidential', vcpus: [{ program: [read(0), read(0)] }] }],
  memory: [{ name: 'ram', pages: 1 }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A', memory: 'ram' })],
  threads: [
    { name: 'to-private', program: [setAttributes(0, 1, 'private', { expect: 'ok' })] },
    { name: 'to-shared', program: [setAttributes(0, 1, 'shared', { expect: 'ok' })] },
  ],
});
