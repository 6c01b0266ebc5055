// Scenarios that only benchmarks use.

import { createGmem, forever, punch, read, scenario, setAttributes, slot, write } from '../src/scenario/builder.ts';
import type { VmSpec } from '../src/scenario/types.ts';

const vm: VmSpec = { vcpus: [{ program: [forever([write(0, 7, { any: 2 }), read(0, { any: 2 })])] }] };

/** Two VMs that share nothing: each has its own file, its own guest, its own thread that punches holes. */
export const apart = scenario({
  name: 'apart',
  vms: [vm, vm],
  setup: [
    createGmem('A', 2, { vm: 0 }), createGmem('B', 2, { vm: 1 }),
    slot(0, 0, 2, { vm: 0, fd: 'A' }), slot(0, 16, 2, { vm: 1, fd: 'B' }),
    setAttributes(0, 2, 'private', { vm: 0 }), setAttributes(16, 2, 'private', { vm: 1 }),
  ],
  threads: [{ name: 'left', program: [forever([punch('A', 0, 2)])] }, { name: 'right', program: [forever([punch('B', 0, 2)])] }],
  placement: { right: 1, 'right.gmem': 1 },
});
