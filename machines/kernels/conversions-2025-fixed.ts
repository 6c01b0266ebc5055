// The RFC of May 2025 with every known bug mended, each by its own small patch.

import { conversions_2025 } from './conversions-2025.ts';
import { fixedTwin } from './twin.ts';

export const conversions_2025_fixed = fixedTwin(conversions_2025);
