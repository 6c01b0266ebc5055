// What a hunt has tried: scenarios that say the same have the same hash, whatever they are called and in whichever order threads are written.

import type { Scenario } from '../../scenario/types.ts';
import { textHash } from '../known.ts';

/** Hash of what a scenario says: sixteen hexadecimal digits. */
export function scenarioHash({ name: _name, title: _title, shows: _shows, about: _about, threads = [], ...rest }: Scenario): string {
  // Nobody names a thread of a drawn scenario but its own programs.
  const programs = threads.map(({ program = [] }) => sorted(program)).toSorted();
  return textHash(`${sorted(rest)}\n${programs.join('\n')}`);
}

/** JSON with the members of objects in order. */
const sorted = (value: unknown): string => JSON.stringify(value, (_key, one: unknown) =>
  (typeof one === 'object' && one !== null && !Array.isArray(one) ? Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1))) : one));
