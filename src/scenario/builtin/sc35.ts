// 2^63 less a page, plus two pages, is negative.

import { await_, createGmem, notify, scenario, setAttributes, slot, write } from '../builder.ts';

export const SC35 = scenario({
  name: 'SC35',
  title: 'offset that overflows',
  shows: 'A slot whose place in the file lies beyond the end is refused, also where offset and size together look negative.',
  about: ['S-22', 'S-25'],
  vms: [{ vcpus: [{ program: [await_('bound'), write(0, 1)] }] }],
  setup: [createGmem('A', 1), setAttributes(0, 2, 'private')],
  threads: [{ name: 'main', program: [slot(0, 0, 2, { fd: 'A', filePage: '0x7ffffffffffff', expect: 'EINVAL' }), notify('bound')] }],
});
