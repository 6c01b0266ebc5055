// The page is there, and the whole fault lies between begin and end of the punch.

import { allocate, createGmem, punch, read, scenario, setAttributes, slot } from '../builder.ts';

export const SC02 = scenario({
  name: 'SC02',
  title: 'fault inside the window of a punch',
  shows: 'A fault that runs while a hole is being punched retries, because its page lies in the range of the open invalidation.',
  about: ['S-01', 'S-15'],
  vms: [{ vcpus: [{ program: [read(0), read(0)] }] }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private'), allocate('A', 0, 1)],
  threads: [{ name: 'main', program: [punch('A', 0, 1)] }],
});
