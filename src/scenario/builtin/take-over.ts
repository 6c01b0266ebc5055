// Migration within a host: another VM gets a file of its own on the inode, and goes on with what is there. Needs a kernel in which an inode can
// have several files.

import { await_, call, check, close, createGmem, deleteSlot, notify, run, scenario, setAttributes, slot, write } from '../builder.ts';

export const takeOver = scenario({
  name: 'take-over',
  title: 'a VM takes over from another',
  shows: 'A VM that has linked the file of another one has none of its pages before the other has let go, and all of them, as they were, afterwards.',
  about: ['S-05', 'S-27', 'S-29'],
  vms: [
    { vcpus: [{ program: [write(0, 7), notify('written')] }] },
    { vcpus: [{ program: [check(0, 7)], policy: 'retry', thread: [await_('bound'), run()] }] },
  ],
  setup: [
    createGmem('A', 1, { vm: 0 }), slot(0, 0, 1, { vm: 0, fd: 'A' }), setAttributes(0, 1, 'private', { vm: 0 }), setAttributes(0, 1, 'private', { vm: 1 }),
    call('link_gmem', { vm: 1, newFd: 'B', fd: 'A' }),
  ],
  threads: [{ name: 'main', program: [
    await_('written'), slot(0, 0, 1, { vm: 1, fd: 'B', expect: 'ok' }), notify('bound'), deleteSlot(0, { vm: 0, expect: 'ok' }), close('A', 'ok'),
  ] }],
});
