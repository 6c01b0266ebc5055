// What must be the same when a search goes on: kernel, scenario, and how it searches.

import { hashText, mix } from '../../memory/hash.ts';
import type { RunWorld } from '../../runtime/world.ts';
import type { SearchOptions } from './options.ts';

/** Names and values, in the order in which they are compared. */
export function identityOf({ kernel, topology, plan }: RunWorld, options: SearchOptions, { symmetry, reduction, graph }: { readonly symmetry: boolean; readonly reduction: boolean; readonly graph: boolean }): Record<string, string> {
  return {
    kernel: kernel.name, 'sources of the kernel': options.sources ?? '', actors: topology.actors.map(({ name }) => name).join(' '), scenario: hashOf(JSON.stringify(topology)),
    'words of state': String(plan.stateWords), order: options.order ?? 'dfs', exact: String(options.exact === true), symmetry: String(symmetry),
    reduction: String(reduction), graph: String(graph), invariants: options.invariants?.map(({ id }) => id).join(' ') ?? '',
  };
}

function hashOf(text: string): string {
  let low = 0;
  let high = text.length;
  for (let k = 0; k < text.length; k++) {
    low = mix(low ^ text.charCodeAt(k));
    high = mix(Math.imul(high, 31) + text.charCodeAt(k));
  }
  return hashText([low, high]);
}
