// The list of system calls that every kernel has from 6.8 on.

import type { Call } from '../memory/calls.ts';

export const calls: readonly Call[] = [
  {
    name: 'fallocate', on: 'gmem', fragment: 'gmem.fallocate', description: 'fallocate(2) on a guest_memfd: allocate, or punch a hole',
    arguments: [
      { name: 'fd', type: 'fd', description: 'descriptor of the file' },
      { name: 'mode', type: 'u32', description: '1 KEEP_SIZE allocates, 3 KEEP_SIZE | PUNCH_HOLE punches' },
      { name: 'offset', type: 'u64', description: 'bytes' },
      { name: 'length', type: 'u64', description: 'bytes' },
    ],
  },
];
