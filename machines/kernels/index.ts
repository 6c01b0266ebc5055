// All built-in kernels, oldest first. A kernel is one file and one row here.

import type { Kernel } from '../../src/kernel/define.ts';
import { v6_8 } from './v6.8.ts';
import { v6_8_fixed } from './v6.8-fixed.ts';

export const kernels: readonly Kernel[] = [v6_8, v6_8_fixed];

/** The kernel that commands take when none is named. */
export const DEFAULT_KERNEL = 'v6.8';
