// The last shared page of a huge page becomes private while the host uses it.

import { call, convertGmem, createGmem, hostWrite, scenario, slot, write } from '../builder.ts';

export const SC47 = scenario({
  name: 'SC47',
  title: 'merge against a mapping of the host',
  shows: 'Small folios become a huge one only when nothing of it is shared: a page that the host has mapped again meanwhile makes the conversion give up first.',
  about: ['S-07', 'S-09', 'S-21', 'L-08'],
  vms: [{ type: 'confidential', vcpus: [{ program: [write(0, 7, { private: true })] }] }],
  memory: [{ name: 'view', pages: 4, mapped: false }],
  setup: [
    createGmem('A', 4, { flags: ['support_shared', 'init_private', 'huge_2m'] }), convertGmem('A', 1, 1, 'shared'),
    call('mmap', { region: 'view', fd: 'A', length: 4 * 4096 }), slot(0, 0, 4, { fd: 'A', memory: 'view' }), hostWrite('view', 1, 3),
  ],
  threads: [{ name: 'main', program: [convertGmem('A', 0, 4, 'private')] }, { name: 'host', program: [hostWrite('view', 1, 5)] }],
});
