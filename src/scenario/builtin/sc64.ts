// A signal ends what takes its time; what was done stays done.

import { createGmem, prefault, scenario, setAttributes, signal, slot } from '../builder.ts';

export const SC64 = scenario({
  name: 'SC64',
  title: 'signal in prefault',
  shows: 'A prefault that is interrupted ends at once: with EINTR, or with what it has mapped by then.',
  about: ['S-21', 'L-11'],
  vms: [{ vcpus: [{}] }],
  setup: [createGmem('A', 2), slot(0, 0, 2, { fd: 'A' }), setAttributes(0, 2, 'private')],
  threads: [{ name: 'main', program: [prefault(0, 0, 2)] }],
  hardware: [{ name: 'hw', program: [signal('main')] }],
});
