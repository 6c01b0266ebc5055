// The vCPU comes back from an exit with its TLB warm, or has never left guest mode, when the flush arrives.

import { allocate, await_, createGmem, interrupt, notify, punch, read, scenario, setAttributes, slot, write } from '../builder.ts';

export const SC08 = scenario({
  name: 'SC08',
  title: 'stale TLB',
  shows: 'When the flush of a punch has returned, no vCPU reaches the freed page through an old TLB entry, be it in guest mode or on its way back from an interrupt.',
  about: ['S-02', 'S-03'],
  vms: [{ vcpus: [{ program: [write(0, 7), notify('warm'), read(0), read(0)] }] }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private'), allocate('A', 0, 1)],
  threads: [{ name: 'main', program: [await_('warm'), punch('A', 0, 1)] }],
  hardware: [{ name: 'timer', program: [await_('warm'), interrupt(0)] }],
});
