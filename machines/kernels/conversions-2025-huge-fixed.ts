// The RFC of May 2025 with huge pages and every known bug mended, each by its own small patch.

import { conversions_2025_huge } from './conversions-2025-huge.ts';
import { fixedTwin } from './twin.ts';

export const conversions_2025_huge_fixed = fixedTwin(conversions_2025_huge);
