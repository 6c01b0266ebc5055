// Linux 6.18 with every known bug mended, each by its own small patch.

import { fixedTwin } from './twin.ts';
import { v6_18 } from './v6.18.ts';

export const v6_18_fixed = fixedTwin(v6_18);
