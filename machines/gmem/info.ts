// Calls that any file answers.

import { fragment, step } from '../fragment.ts';

export const ask = fragment('file.ask', 'fstat, fstatfs, fcntl, posix_fadvise: what a file says of itself', {
  open: step('file.open', 'fdget', {
    stat: 'stat', statfs: 'statfs', flags: 'flags', descriptorFlags: 'descriptorFlags', advise: 'advise', compare: 'compare', badFd: '^done',
  }),
  stat: step('file.stat', 'vfs_getattr', { ok: '^done' }),
  statfs: step('file.statfs', 'vfs_statfs', { ok: '^done' }),
  flags: step('file.flags', 'fcntl(F_GETFL): file->f_flags', { ok: '^done' }),
  descriptorFlags: step('file.descriptorFlags', 'fcntl(F_GETFD)', { ok: '^done' }),
  advise: step('file.advise', 'generic_fadvise', { ok: '^done' }),
  compare: step('file.compare', 'st_dev and st_ino of both', { ok: '^done' }),
});
