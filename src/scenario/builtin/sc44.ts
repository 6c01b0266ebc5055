// Two parts of the range have to change, and a page of the second is in use.

import { await_, call, convertGmem, createGmem, hostRead, hostWrite, lruDrain, notify, pin, scenario, slot } from '../builder.ts';

export const SC44 = scenario({
  name: 'SC44',
  title: 'conversion that fails half way',
  shows: 'A conversion that gives up because of its second part leaves the first as it was: the host still has it.',
  about: ['S-21', 'S-14', 'S-26'],
  vms: [{}],
  memory: [{ name: 'view', pages: 3, mapped: false }],
  setup: [
    createGmem('A', 3, { init: 'shared' }), call('mmap', { region: 'view', fd: 'A', length: 3 * 4096 }), slot(0, 0, 3, { fd: 'A', memory: 'view' }),
    convertGmem('A', 1, 1, 'private'),
  ],
  threads: [{ name: 'main', program: [
    hostWrite('view', 0, 1), hostWrite('view', 2, 3), notify('touched'), await_('pinned'), convertGmem('A', 0, 3, 'private', { expect: 'EAGAIN' }), hostRead('view', 0, { value: 1 }),
  ] }],
  hardware: [{ name: 'device', program: [await_('touched'), lruDrain(), pin({ memory: 'view', page: 2 }), notify('pinned')] }],
});
