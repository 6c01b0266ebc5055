// The installer of memslots waits until no notifier is between its start and its end.

import { call, scenario, slot } from '../builder.ts';

export const SC31 = scenario({
  name: 'SC31',
  title: 'notifier against new slot',
  shows: 'The end of a notifier sees the same slots as its start did, though a slot is made in between.',
  about: ['S-14'],
  vms: [{}],
  memory: [{ name: 'ram', pages: 2 }],
  threads: [
    { name: 'discarder', program: [call('madvise_dontneed', { memory: 'ram', page: 0, pages: 2, expect: 'ok' })] },
    { name: 'installer', program: [slot(0, 0, 2, { memory: 'ram', expect: 'ok' })] },
  ],
});
