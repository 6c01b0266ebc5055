// The only reference too many is that of a batch of the CPU that has added the page.

import { allocate, convertGmem, createGmem, scenario, slot } from '../builder.ts';

export const SC42 = scenario({
  name: 'SC42',
  title: 'batch of the LRU list against conversion',
  shows: 'A page that was added to the file a moment ago, and that nobody uses, can be converted.',
  about: ['L-05', 'S-22'],
  vms: [{}],
  setup: [createGmem('A', 1, { init: 'shared' }), slot(0, 0, 1, { fd: 'A' })],
  threads: [{ name: 'main', program: [allocate('A', 0, 1), convertGmem('A', 0, 1, 'private', { expect: 'ok' })] }],
});
