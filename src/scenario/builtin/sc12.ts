// Two vCPUs want the same thing; the second exits although the first one's conversion is under way.

import { convert, createGmem, scenario, slot, write } from '../builder.ts';

export const SC12 = scenario({
  name: 'SC12',
  title: 'spurious exit',
  shows: 'A second vCPU exits for a conversion that is already under way; the VMM converts once more, which does no harm.',
  about: ['S-30', 'L-06'],
  vms: [{
    type: 'confidential',
    vcpus: [
      { program: [convert(0, 1, 'private')], policy: 'convert' },
      { program: [write(0, 1, { private: true })], policy: 'convert' },
    ],
  }],
  memory: [{ name: 'ram', pages: 1 }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A', memory: 'ram' })],
});
