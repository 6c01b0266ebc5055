// What must be the same when a search goes on: kernel, scenario, and how it searches.

import { hashText, mix } from '../../memory/hash.ts';
import { fairOf } from './fair.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { RunWorld } from '../../runtime/world.ts';
import type { Topology } from '../../scenario/topology.ts';
import type { SearchOptions } from './options.ts';

/** Names and values that say what is searched. `sources`: fingerprint of the kernel's sources. */
export function subjectOf(kernel: Kernel, topology: Topology, sources = ''): Record<string, string> {
  // How much memory a world may take does not change it.
  return { kernel: kernel.name, sources, scenario: hashOf(JSON.stringify({ ...topology, megabytes: 0 })) };
}

/** The same, and how: in the order in which they are compared. */
export function identityOf({ kernel, topology, plan }: RunWorld, options: SearchOptions, { symmetry, pages, reduction, graph }: { readonly symmetry: boolean; readonly pages: boolean; readonly reduction: boolean; readonly graph: boolean }): Record<string, string> {
  return {
    ...subjectOf(kernel, topology, options.sources), 'words of state': String(plan.stateWords), order: options.order ?? 'dfs', exact: String(options.exact === true),
    symmetry: String(symmetry), 'symmetry of pages': String(pages), reduction: String(reduction), graph: String(graph), 'fair cycles': graph ? fairOf(options.fair ?? []).map(({ id }) => id).join(' ') : '', invariants: options.invariants?.map(({ id }) => id).join(' ') ?? '',
  };
}

/** What makes a checkpoint, by what its head says, one of another search; nothing when it is one of this. */
export function otherThan(is: Readonly<Record<string, string>>, head: Readonly<Record<string, string>>): string | undefined {
  const key = Object.keys(is).find((one) => is[one] !== head[one]);
  switch (key) {
    case undefined: return undefined;
    case 'scenario': return 'the checkpoint is of a search of another scenario; give it the one that it was made with';
    case 'sources': return `the checkpoint was made with other sources of kernel '${is['kernel']}' (${head[key]}, here ${is[key]}); go on with those, or begin the search anew`;
    default: return `the checkpoint is of a search with ${key} '${head[key]}', not '${is[key]}'; give it the same kernel, scenario and options`;
  }
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
