// The fixes of bugs that only later kernels have: what a hunt mends beside those of 6.8 to tell what a finding is.

import { prefaultAgain } from '../changes/prefault-again.ts';
import { reloadObsolete } from '../changes/reload-obsolete.ts';
import { unbindLocked } from '../changes/unbind-locked.ts';
import { fl1 } from './fl-1.ts';
import { g5b1 } from './g5-b1.ts';
import { g5b10 } from './g5-b10.ts';
import { g5b11 } from './g5-b11.ts';
import { g5b12 } from './g5-b12.ts';
import { g5b16 } from './g5-b16.ts';
import { g5b2 } from './g5-b2.ts';
import { g5b3 } from './g5-b3.ts';
import { g5b6 } from './g5-b6.ts';
import { g5b7 } from './g5-b7.ts';
import { g5b8 } from './g5-b8.ts';
import { p2 } from './p2.ts';
import type { Fix } from '../fix.ts';

export const laterFixes: readonly Fix[] = [prefaultAgain, reloadObsolete, unbindLocked, p2, fl1, g5b1, g5b2, g5b3, g5b6, g5b7, g5b8, g5b10, g5b11, g5b12, g5b16];
