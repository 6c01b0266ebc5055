// The series of 2026 with every known bug mended, each by its own small patch.

import { conversions_2026 } from './conversions-2026.ts';
import { fixedTwin } from './twin.ts';

export const conversions_2026_fixed = fixedTwin(conversions_2026);
