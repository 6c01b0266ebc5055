// Linux 6.8 on memory that is weakly ordered where its protocols rest on barriers.

import { v6_8 } from './v6.8.ts';
import { weakened } from './memory-order/weak.ts';

export const v6_8_weak = weakened(v6_8);
