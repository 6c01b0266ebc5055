// Attributes first, then the hole: what a guest has written must not go before the page is another one's to use.

import { check, convert, createGmem, scenario, setAttributes, slot, write } from '../builder.ts';

export const SC18 = scenario({
  name: 'SC18',
  title: 'order of a VMM\'s discard',
  shows: 'A VMM that converts a page before it discards the old side takes nothing from a guest that still uses it; the other order does.',
  about: ['S-27'],
  vms: [{
    type: 'confidential',
    vcpus: [
      { program: [convert(0, 1, 'shared')], policy: 'convert' },
      { program: [write(0, 7, { private: true }), check(0, 7, { private: true })], policy: 'stop' },
    ],
  }],
  memory: [{ name: 'ram', pages: 1 }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A', memory: 'ram' }), setAttributes(0, 1, 'private')],
});
