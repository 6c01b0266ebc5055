// F_SEAL_GUEST with its known bugs mended, each by its own small patch.

import { deriveKernel } from '../../src/kernel/define.ts';
import { together } from './fix.ts';
import { fsealFixes } from './fixes/fseal-2021.ts';
import { fseal_2021 } from './fseal-2021.ts';

export const fseal_2021_fixed = deriveKernel(fseal_2021, together('fseal-2021-fixed', 'F_SEAL_GUEST of 2021 with its known bugs mended', fsealFixes));
