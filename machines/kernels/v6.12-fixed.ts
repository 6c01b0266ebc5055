// Linux 6.12 with every known bug mended, each by its own small patch.

import { fixedTwin } from './twin.ts';
import { v6_12 } from './v6.12.ts';

export const v6_12_fixed = fixedTwin(v6_12);
