// To ask whether a page is private must not make it so.

import { await_, call, check, createGmem, notify, scenario, slot, write } from '../builder.ts';

export const SC60 = scenario({
  name: 'SC60',
  title: 'shared access does not allocate',
  shows: 'A shared access leaves the file as it is: the page is shared afterwards.',
  about: ['S-22', 'S-24'],
  privacy: ['allocation'],
  vms: [{ type: 'confidential', vcpus: [{ program: [write(0, 1), notify('written'), check(0, 1)] }] }],
  memory: [{ name: 'ram', pages: 1 }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A', memory: 'ram' })],
  threads: [{ name: 'main', program: [await_('written'), call('lookup_page', { page: 0, expect: 'ENOENT' })] }],
});
