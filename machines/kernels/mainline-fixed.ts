// Linux 7.3 with every known bug mended, each by its own small patch.

import { fixedTwin } from './twin.ts';
import { mainline } from './mainline.ts';

export const mainline_fixed = fixedTwin(mainline);
