// Version 11 with every known bug mended, each by its own small patch.

import { fixedTwin } from './twin.ts';
import { rfcV11 } from './rfc-v11.ts';

export const rfcV11Fixed = fixedTwin(rfcV11);
