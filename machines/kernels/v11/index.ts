// The mends of version 11's bugs, one each, in the order in which they are made.

import { g3b11 } from './bad-descriptor.ts';
import { g3b1 } from './begin-at-once.ts';
import { g3b10 } from './create-order.ts';
import { g3b3, g3b4, g3b5 } from './error-page.ts';
import { g3b8 } from './error-pointer.ts';
import { g3b6 } from './no-poison-test.ts';
import { g3b12 } from './range-overwritten.ts';
import { g3b2 } from './release-order.ts';
import { g3b9 } from './size-zero.ts';
import { g3b13, g3b14, g3b15, g3b18 } from './still-in-6.8.ts';
import type { Fix } from '../fix.ts';

export const v11Fixes: readonly Fix[] = [g3b1, g3b2, g3b3, g3b4, g3b5, g3b6, g3b8, g3b9, g3b10, g3b11, g3b12, g3b13, g3b14, g3b15, g3b18];
