// A shared fault that has asked, and a page that is allocated.

import { allocate, createGmem, scenario, slot, write } from '../builder.ts';

export const SC59 = scenario({
  name: 'SC59',
  title: 'shared fault against allocation',
  shows: 'A page that is allocated while a shared fault is on its way is private when both are done, and not mapped as shared.',
  about: ['S-24'],
  privacy: ['allocation'],
  vms: [{ type: 'confidential', vcpus: [{ program: [write(0, 1), write(0, 2)] }] }],
  memory: [{ name: 'ram', pages: 1 }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A', memory: 'ram' })],
  threads: [{ name: 'main', program: [allocate('A', 0, 1, 'ok')] }],
});
