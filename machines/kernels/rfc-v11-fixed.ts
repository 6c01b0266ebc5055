// Version 11 with every known bug mended, each by its own small patch.

import { deriveKernel } from '../../src/kernel/define.ts';
import { together } from './fix.ts';
import { g4b10 } from './fixes/g4-b10.ts';
import { g4b11 } from './fixes/g4-b11.ts';
import { g4b12 } from './fixes/g4-b12.ts';
import { g4b14 } from './fixes/g4-b14.ts';
import { g4b4 } from './fixes/g4-b4.ts';
import { g4b5 } from './fixes/g4-b5.ts';
import { rfcV11 } from './rfc-v11.ts';
import { g3b11 } from './v11/bad-descriptor.ts';
import { g3b1 } from './v11/begin-at-once.ts';
import { g3b10 } from './v11/create-order.ts';
import { g3b3, g3b4, g3b5 } from './v11/error-page.ts';
import { g3b8 } from './v11/error-pointer.ts';
import { g3b6 } from './v11/no-poison-test.ts';
import { g3b12 } from './v11/range-overwritten.ts';
import { g3b2 } from './v11/release-order.ts';
import { g3b9 } from './v11/size-zero.ts';
import { g3b13, g3b14, g3b15, g3b18 } from './v11/still-in-6.8.ts';

export const rfcV11Fixed = deriveKernel(rfcV11, together('rfc-v11-fixed', 'guest_memfd as posted, version 11, with its known bugs mended', [
  // Its own.
  g3b1, g3b2, g3b3, g3b4, g3b5, g3b6, g3b8, g3b9, g3b10, g3b11, g3b12, g3b13, g3b14, g3b15, g3b18,
  // Those that it shares with 6.8 under one name; G4-B5 is what the mend of G3-B5 makes of it.
  g4b4, g4b11, g4b14, { ...g4b5, mended: [] }, g4b12, g4b10,
]));
