// The sizes that a file can have.

import { createGmem, scenario } from '../builder.ts';

export const createEmpty = scenario({
  name: 'create-empty',
  title: 'file of no size',
  shows: 'A file of size 0, or of a size that is no number of pages, is refused.',
  about: ['S-22'],
  vms: [{}],
  threads: [{ name: 'main', program: [{ op: 'create_gmem', fd: 'A', size: 100, expect: 'EINVAL' }, createGmem('A', 0, { expect: 'EINVAL' }), createGmem('A', 1, { expect: 'ok' })] }],
});
