// The configuration that XState's createMachine is given, as JSON: what this laboratory runs, word for word.

import { expandMachine } from '../../kernel/table.ts';
import type { MachineFormat } from './chart.ts';

export const xstate: MachineFormat = {
  name: 'xstate',
  extension: '.json',
  description: "configuration for XState's createMachine, with all states, outcomes as events, steps in meta",
  text: (kernel, spec) => `${JSON.stringify(expandMachine(spec, kernel.fragments), null, 2)}\n`,
};
