// One page of 1G becomes shared.

import { allocate, convertGmem, createGmem, scenario } from '../builder.ts';

export const splitGiant = scenario({
  name: 'split-giant',
  title: 'one shared page of 1G',
  shows: 'A split for the sake of one page leaves the rest in as large folios as can be, and what is private again becomes one page of 1G again.',
  about: ['S-36', 'S-19'],
  vms: [{}],
  setup: [createGmem('A', 16, { flags: ['support_shared', 'init_private', 'huge_1g'] }), allocate('A', 0, 16)],
  threads: [{ name: 'main', program: [convertGmem('A', 0, 1, 'shared'), convertGmem('A', 5, 1, 'shared'), convertGmem('A', 0, 6, 'private')] }],
});
