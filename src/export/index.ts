// All export formats. A format is one file and one row here.

import type { Exporter } from './exporter.ts';
import { ftrace } from './ftrace.ts';
import { lockdep } from './lockdep.ts';
import { mermaid } from './mermaid.ts';
import { ndjson } from './ndjson.ts';

export const exporters: readonly Exporter[] = [ndjson, ftrace, mermaid, lockdep];
