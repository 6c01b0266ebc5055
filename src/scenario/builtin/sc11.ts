// The fault compares the privacy of its page before the conversion and installs after it.

import { createGmem, scenario, setAttributes, slot, write } from '../builder.ts';

export const SC11 = scenario({
  name: 'SC11',
  title: 'conversion against fault',
  shows: 'A shared fault that compared its page with the attribute before a conversion never installs it afterwards.',
  about: ['S-04'],
  vms: [{ type: 'confidential', vcpus: [{ program: [write(0, 1)] }] }],
  memory: [{ name: 'ram', pages: 1 }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A', memory: 'ram' })],
  threads: [{ name: 'main', program: [setAttributes(0, 1, 'private', { expect: 'ok' })] }],
});
