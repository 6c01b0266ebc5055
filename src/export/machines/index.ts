// All formats of machines. A format is one file and one row here.

import type { MachineFormat } from './chart.ts';
import { dot } from './dot.ts';
import { stateDiagram } from './state-diagram.ts';
import { svg } from './svg.ts';
import { xstate } from './xstate.ts';

export const machineFormats: readonly MachineFormat[] = [xstate, stateDiagram, dot, svg];
