// An inode with a file for each of two VMs. Needs a kernel in which an inode can have several.

import { await_, call, createGmem, notify, punch, read, scenario, setAttributes, slot, write } from '../builder.ts';

export const SC06 = scenario({
  name: 'SC06',
  title: 'two VMs, two files, one inode',
  shows: 'A punch through one file of an inode takes the pages from the VMs of all its files, mapped or about to be, before it truncates.',
  about: ['S-01'],
  vms: [{ vcpus: [{ program: [read(0), notify('mapped')] }] }, { vcpus: [{ program: [write(0, 2)] }] }],
  setup: [
    createGmem('A', 2, { vm: 0 }), call('link_gmem', { vm: 1, newFd: 'B', fd: 'A' }),
    slot(0, 0, 1, { vm: 0, fd: 'A' }), setAttributes(0, 1, 'private', { vm: 0 }),
    slot(0, 0, 1, { vm: 1, fd: 'B', filePage: 1 }), setAttributes(0, 1, 'private', { vm: 1 }),
  ],
  threads: [{ name: 'main', program: [await_('mapped'), punch('A', 0, 2)] }],
});
