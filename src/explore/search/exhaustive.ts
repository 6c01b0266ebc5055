// The whole search in one call, for scenarios that are small.

import { Search } from './search.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { Topology } from '../../scenario/topology.ts';
import type { SearchOptions, SearchResult } from './options.ts';

/** Searches a scenario on a kernel to the end, or to a bound of the options. */
export function exhaustive(kernel: Kernel, topology: Topology, options: SearchOptions = {}): SearchResult {
  const search = new Search(kernel, topology, options);
  while (search.advance(1_000_000));
  return search.result();
}
