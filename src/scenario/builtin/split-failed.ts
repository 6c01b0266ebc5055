// A huge page comes into a file of which one page is shared, and memory runs out when it is to be split: the fault fails, and the page stays as it is.
// The next fault finds it there, and maps a page of it.

import { await_, call, convertGmem, createGmem, failAllocation, hostWrite, notify, pin, scenario } from '../builder.ts';

export const splitFailed = scenario({
  name: 'split-failed',
  title: 'a huge page that could not be split',
  shows: 'A conversion that is refused because of a folio that begins in front of what was asked for names a page that was asked for.',
  about: ['S-26'],
  vms: [{}],
  memory: [{ name: 'view', pages: 4, mapped: false }],
  setup: [
    createGmem('A', 4, { flags: ['support_shared', 'init_private', 'huge_2m'] }), convertGmem('A', 2, 1, 'shared'),
    call('mmap', { region: 'view', fd: 'A', length: 4 * 4096 }),
  ],
  threads: [{ name: 'main', program: [
    await_('short'), hostWrite('view', 2, 5), hostWrite('view', 2, 6), notify('touched'), await_('pinned'), convertGmem('A', 2, 1, 'private'),
  ] }],
  // Behind the huge page itself.
  hardware: [{ name: 'device', program: [failAllocation(1), notify('short'), await_('touched'), pin({ memory: 'view', page: 2 }), notify('pinned')] }],
});
