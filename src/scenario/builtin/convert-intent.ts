// In a software-protected VM the kernel takes the state of the page for what the guest means, before its snapshot.

import { convertGmem, createGmem, scenario, slot, write } from '../builder.ts';

export const convertIntent = scenario({
  name: 'convert-intent',
  title: 'stale intent, in place',
  shows: 'An exit names what the page was before a conversion in place that has just finished, and a VMM that obeys undoes it.',
  about: ['S-30', 'S-33'],
  vms: [{ vcpus: [{ program: [write(0, 1)] }] }],
  setup: [createGmem('A', 1, { init: 'shared' }), slot(0, 0, 1, { fd: 'A' })],
  threads: [{ name: 'main', program: [convertGmem('A', 0, 1, 'private')] }],
});
