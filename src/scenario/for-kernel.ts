// What the compiler wants to know of a kernel.

import type { Call } from '../memory/calls.ts';
import type { Config } from '../memory/world.ts';

export interface ForKernel {
  readonly name: string;
  readonly calls: readonly Call[];
  readonly machines: readonly { readonly machine: string }[];
  readonly config: Config;
}
