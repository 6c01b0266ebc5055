// get_user_pages first, then the notifier, then the install.

import { call, scenario, slot, write } from '../builder.ts';

export const SC32 = scenario({
  name: 'SC32',
  title: 'notifier against shared fault',
  shows: 'A fault on shared memory that has its host page retries when the page is discarded before the install.',
  about: ['S-01'],
  vms: [{ vcpus: [{ program: [write(0, 1), write(0, 2)] }] }],
  memory: [{ name: 'ram', pages: 1 }],
  setup: [slot(0, 0, 1, { memory: 'ram' })],
  threads: [{ name: 'main', program: [call('madvise_dontneed', { memory: 'ram', page: 0, pages: 1, expect: 'ok' })] }],
});
