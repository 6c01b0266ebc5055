// The stress in small, and with an end: for exhaustive and for exact comparisons.

import { createGmem, punch, read, scenario, setAttributes, slot, write } from '../builder.ts';

export const stressSmall = scenario({
  name: 'stress-small',
  title: 'two vCPUs, two pages, one punch, one conversion',
  shows: 'Two vCPUs on two pages race with one punch and one conversion.',
  about: ['S-01', 'S-02', 'S-03', 'S-04', 'S-14'],
  vms: [{ type: 'confidential', vcpus: [{ program: [write(0, 1, { private: true }), read(1)], policy: 'stop' }, { program: [read(0, { private: true })], policy: 'stop' }] }],
  memory: [{ name: 'ram', pages: 2 }],
  setup: [createGmem('A', 2), slot(0, 0, 2, { fd: 'A', memory: 'ram' }), setAttributes(0, 1, 'private')],
  threads: [
    { name: 'puncher', program: [punch('A', 0, 1, 'ok')] },
    { name: 'converter', program: [setAttributes(1, 1, 'private', { expect: 'ok' })] },
  ],
});
