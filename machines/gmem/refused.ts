// File calls that fail by design: guest_memfd has no method for them.

import { fragment, step } from '../fragment.ts';

export const refusedCall = fragment('gmem.refusedCall', 'read, write, mmap, lseek, ftruncate …: there is no such method', {
  refuse: step('file.refuse', 'the checks of the system call, then no method', { ok: '^done' }),
});
