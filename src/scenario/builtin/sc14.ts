// Attributes outlive slots: a new slot starts from those that are there.

import { createGmem, read, scenario, setAttributes, slot } from '../builder.ts';

export const SC14 = scenario({
  name: 'SC14',
  title: 'attributes without a slot',
  shows: 'A slot made over pages that already have mixed attributes knows so from its first moment: no huge leaf is installed.',
  about: ['S-04', 'S-09'],
  vms: [{ vcpus: [{ program: [read(0)], policy: 'retry' }] }],
  memory: [{ name: 'ram', pages: 4, huge: true }],
  setup: [createGmem('A', 4)],
  threads: [{ name: 'main', program: [setAttributes(3, 1, 'private', { expect: 'ok' }), slot(0, 0, 4, { fd: 'A', memory: 'ram', expect: 'ok' })] }],
});
