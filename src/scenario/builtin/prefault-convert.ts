// A prefault copies the attribute too, before its snapshot.

import { createGmem, prefault, scenario, setAttributes, slot } from '../builder.ts';

export const prefaultConvert = scenario({
  name: 'prefault-convert',
  title: 'prefault against conversion',
  shows: 'A prefault of a page that is converted meanwhile maps it as what it is by then, and says nothing of what it was.',
  about: ['S-04', 'S-33'],
  vms: [{ vcpus: [{}] }],
  memory: [{ name: 'ram', pages: 1 }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A', memory: 'ram' })],
  threads: [{ name: 'main', program: [setAttributes(0, 1, 'private', { expect: 'ok' })] }, { name: 'other', program: [prefault(0, 0, 1)] }],
});
