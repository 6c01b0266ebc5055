// 6.19: mbind(2) through a mapping of a guest_memfd sets a memory policy of the file, by which its pages are allocated. Needs the mappings
// of 6.18 (host-mmap).

import { mem_policy } from '../../../src/memory/layouts/mem-policy.ts';
import { calls, steps } from '../../../src/steps/gmem-numa.ts';
import * as fragments from '../../gmem/numa.ts';
import type { Fix } from '../fix.ts';

export const gmemNuma: Fix = {
  objects: [mem_policy],
  calls,
  steps,
  fragments: Object.fromEntries(Object.values(fragments).map((one) => [one.name, one])),
};
