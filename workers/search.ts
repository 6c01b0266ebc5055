// Entry point of a thread of an exhaustive search.

import { invariants } from '../src/check/invariants/index.ts';
import { kernelOf } from './kernel.ts';
import { serveSearch } from './serve-search.ts';

await serveSearch(({ kernel }) => kernelOf(kernel), invariants);
