// What memory_failure() says of a page that it has dealt with.

import { await_, createGmem, memoryError, notify, scenario, setAttributes, slot, write } from '../builder.ts';

export const SC24 = scenario({
  name: 'SC24',
  title: 'result of a memory failure',
  shows: 'The failure of a private page that is taken from the guest and kept in the file is no error, and nobody is killed for it.',
  about: ['S-22', 'S-32'],
  vms: [{ vcpus: [{ program: [write(0, 7), notify('mapped')] }] }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private')],
  threads: [],
  hardware: [{ name: 'hw', program: [await_('mapped'), memoryError({ fd: 'A', page: 0, expect: 'ok' })] }],
});
