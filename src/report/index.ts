// All formats of reports. A format is one file and one row here.

import { github } from './github.ts';
import { junit } from './junit.ts';
import type { Reporter } from './report.ts';
import { sarif } from './sarif.ts';

export const reporters: readonly Reporter[] = [junit, sarif, github];
