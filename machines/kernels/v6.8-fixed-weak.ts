// Linux 6.8 with its known bugs mended, on memory that is weakly ordered where its protocols rest on barriers.

import { v6_8_fixed } from './v6.8-fixed.ts';
import { weakened } from './memory-order/weak.ts';

export const v6_8_fixed_weak = weakened(v6_8_fixed);
