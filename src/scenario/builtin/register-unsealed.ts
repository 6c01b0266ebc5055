// Guest memory in a file that userspace maps.

import { await_, call, hostRead, notify, run, scenario, slot, write } from '../builder.ts';

export const registerUnsealed = scenario({
  name: 'register-unsealed',
  title: 'a file without the seal',
  shows: 'A memslot gets no file that the host can read.',
  about: ['S-22', 'S-29'],
  vms: [{ vcpus: [{ program: [write(0, 7)], thread: [await_('ready'), run()] }] }],
  memory: [{ name: 'view', pages: 1, mapped: false }],
  setup: [call('memfd_create', { fd: 'A', size: 4096 }), call('mmap', { region: 'view', fd: 'A', length: 4096 })],
  threads: [{ name: 'main', program: [slot(0, 0, 1, { fd: 'A', expect: 'EINVAL' }), notify('ready'), hostRead('view', 0)] }],
});
