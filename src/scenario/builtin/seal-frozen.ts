// A seal is refused before its locks are taken.

import { call, scenario } from '../builder.ts';

export const sealFrozen = scenario({
  name: 'seal-frozen',
  title: 'seal on a frozen file',
  shows: 'A seal for guests that is refused because no seals can be added releases what it holds, and nothing else.',
  about: ['S-18'],
  vms: [{}],
  setup: [call('memfd_create', { fd: 'A' }), call('add_seals', { fd: 'A', seals: 1 })],
  threads: [{ name: 'main', program: [call('add_seals', { fd: 'A', seals: 0x20, expect: 'EPERM' })] }],
});
