// In a software-protected VM the kernel takes the attribute for what the guest means, before its snapshot.

import { createGmem, scenario, setAttributes, slot, write } from '../builder.ts';

export const SC16 = scenario({
  name: 'SC16',
  title: 'stale intent',
  shows: 'An exit names what the page was before a conversion that has just finished, and a VMM that obeys undoes the conversion.',
  about: ['S-30', 'S-33'],
  vms: [{ vcpus: [{ program: [write(0, 1)], policy: 'convert' }] }],
  memory: [{ name: 'ram', pages: 1 }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A', memory: 'ram' })],
  threads: [{ name: 'main', program: [setAttributes(0, 1, 'private', { expect: 'ok' })] }],
});
