// Linux 6.8 with every known bug mended, each by its own small patch.

import { deriveKernel } from '../../src/kernel/define.ts';
import { together } from './fix.ts';
import { fixes } from './fixes/index.ts';
import { v6_8 } from './v6.8.ts';

export const v6_8_fixed = deriveKernel(v6_8, together('v6.8-fixed', 'Linux 6.8 with its known bugs mended', fixes));
