// The path that reports the poisoned page must put its reference.

import { allocate, await_, createGmem, memoryError, notify, punch, read, run, scenario, setAttributes, slot } from '../builder.ts';

export const SC21 = scenario({
  name: 'SC21',
  title: 'reference on a poisoned page',
  shows: 'A page that a vCPU found poisoned is freed when its hole is punched.',
  about: ['S-19', 'L-07'],
  vms: [{ vcpus: [{ program: [read(0)], thread: [await_('poisoned'), run(), notify('seen')] }] }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private'), allocate('A', 0, 1)],
  threads: [{ name: 'main', program: [await_('seen'), punch('A', 0, 1)] }],
  hardware: [{ name: 'hw', program: [memoryError({ fd: 'A', page: 0 }), notify('poisoned')] }],
});
