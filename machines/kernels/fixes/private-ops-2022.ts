// The fixes of the private file of 2022, one each: applied together they are `private-ops-2022-fixed`.

import { fl3 } from './fl-3.ts';
import { g2b1 } from './g2-b1.ts';
import { g2b4 } from './g2-b4.ts';
import { g2b6 } from './g2-b6.ts';
import type { Fix } from '../fix.ts';

export const privateOpsFixes: readonly Fix[] = [g2b1, g2b4, g2b6, fl3];
