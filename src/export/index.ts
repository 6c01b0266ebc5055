// All export formats. A format is one file and one row here.

import { c } from './c-program.ts';
import { ctf } from './ctf.ts';
import type { Exporter } from './exporter.ts';
import { ftrace } from './ftrace.ts';
import { html } from './html.ts';
import { lockdep } from './lockdep.ts';
import { mermaid } from './mermaid.ts';
import { ndjson } from './ndjson.ts';
import { perfetto } from './perfetto.ts';
import { tracedat } from './tracedat.ts';

export const exporters: readonly Exporter[] = [ndjson, ftrace, mermaid, lockdep, tracedat, ctf, perfetto, c, html];
