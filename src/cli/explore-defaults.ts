// What an exploration is when nobody says.

import { availableParallelism } from 'node:os';
import { strategies } from '../explore/strategies/index.ts';

/** Strategies that a person can name: the exhaustive search, those of sampling, and the choice between both. */
export const STRATEGIES: readonly string[] = ['auto', 'exhaustive', ...strategies.map(({ name }) => name).filter((name) => name !== 'replay')];

/** What holds when nobody says: seconds, schedules of a sample, states that `auto` takes for few enough, megabytes of a search, threads. */
export const DEFAULTS = { seconds: 60, schedules: 100_000, states: 2_000_000, megabytes: 2048, jobs: Math.min(2, availableParallelism()) } as const;
