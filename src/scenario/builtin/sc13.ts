// Huge pages are four pages here; their memory is the VMM's, since guest_memfd of 6.8 has small ones only.

import { createGmem, read, scenario, setAttributes, slot } from '../builder.ts';

export const SC13 = scenario({
  name: 'SC13',
  title: 'conversion of a part of a huge page',
  shows: 'While one page of a huge page is being converted, a fault on another must not install a huge leaf over all of them.',
  about: ['S-04', 'S-09'],
  vms: [{ vcpus: [{ program: [read(0)], policy: 'retry' }] }],
  memory: [{ name: 'ram', pages: 4, huge: true }],
  setup: [createGmem('A', 4), slot(0, 0, 4, { fd: 'A', memory: 'ram' })],
  threads: [{ name: 'main', program: [setAttributes(3, 1, 'private', { expect: 'ok' })] }],
});
