// A VMM that does what each exit asks for would convert the page back and forth; one that decides comes to an end.

import { createGmem, scenario, slot, write } from '../builder.ts';

export const SC17 = scenario({
  name: 'SC17',
  title: 'ping-pong',
  shows: 'Of two vCPUs that mean the same page differently a VMM lets one have its way. If it obeyed both (policy convert), it would convert for as long as the schedule likes.',
  about: ['S-30', 'L-06'],
  vms: [{
    type: 'confidential',
    vcpus: [{ program: [write(0, 1, { private: true })], policy: 'convert' }, { program: [write(0, 2)], policy: 'stop' }],
  }],
  memory: [{ name: 'ram', pages: 1 }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A', memory: 'ram' })],
});
