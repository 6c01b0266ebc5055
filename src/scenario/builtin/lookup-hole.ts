// KVM asks for a page that is not there.

import { call, createGmem, scenario, slot } from '../builder.ts';

export const lookupHole = scenario({
  name: 'lookup-hole',
  title: 'look-up of a hole',
  shows: 'A look-up that must not allocate says that there is no page.',
  about: ['S-22', 'S-34'],
  vms: [{}],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' })],
  threads: [{ name: 'main', program: [call('lookup_page', { page: 0, expect: 'ENOENT' })] }],
});
