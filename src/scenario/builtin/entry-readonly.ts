// A write that found no memslot, and the leaf of a memslot that is read-only.

import { read, scenario, slot, write } from '../builder.ts';

export const entryReadonly = scenario({
  name: 'entry-readonly',
  title: 'write without a slot against creation of a read-only slot',
  shows: 'A write that found no memslot does not undo what another vCPU has mapped of a read-only one, though that does not serve it.',
  about: ['S-34', 'S-35'],
  vms: [{ vcpus: [{ program: [read(0)] }, { program: [write(0, 1)] }] }],
  memory: [{ name: 'ram', pages: 1 }],
  threads: [{ name: 'main', program: [slot(0, 0, 1, { memory: 'ram', flags: ['readonly'], expect: 'ok' })] }],
});
