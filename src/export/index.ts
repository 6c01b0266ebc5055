// All export formats. A format is one file and one row here.

import type { Exporter } from './exporter.ts';
import { ndjson } from './ndjson.ts';

export const exporters: readonly Exporter[] = [ndjson];
