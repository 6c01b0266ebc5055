// A device holds a page of the range.

import { await_, call, convertGmem, createGmem, hostWrite, lruDrain, notify, pin, scenario, slot, unpin } from '../builder.ts';

export const SC41 = scenario({
  name: 'SC41',
  title: 'pin against conversion',
  shows: 'A conversion of a range with a pinned page gives up and names that page; once the pin is gone it goes through.',
  about: ['S-26', 'L-05', 'S-21'],
  vms: [{}],
  memory: [{ name: 'view', pages: 2, mapped: false }],
  setup: [createGmem('A', 2, { init: 'shared' }), call('mmap', { region: 'view', fd: 'A', length: 8192 }), slot(0, 0, 2, { fd: 'A', memory: 'view' })],
  threads: [{ name: 'main', program: [
    hostWrite('view', 0, 1), hostWrite('view', 1, 2), notify('touched'), await_('pinned'),
    convertGmem('A', 0, 2, 'private', { expect: 'EAGAIN' }), notify('tried'), await_('unpinned'), convertGmem('A', 0, 2, 'private', { expect: 'ok' }),
  ] }],
  hardware: [{ name: 'device', program: [
    await_('touched'), lruDrain(), pin({ memory: 'view', page: 1 }), notify('pinned'), await_('tried'), unpin({ memory: 'view', page: 1 }), notify('unpinned'),
  ] }],
});
