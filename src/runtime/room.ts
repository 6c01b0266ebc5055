// How much memory a world takes, and whether it may: told from its plan, before anything of it is allocated.

import type { PlacedTable, Plan } from '../memory/plan.ts';
import { ScenarioError } from '../scenario/errors.ts';
import { LIMITS, MOST_MEGABYTES } from '../scenario/limits.ts';

const MEGABYTE = 1_000_000;
const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

/** Megabytes of a world: state, versions, constants. */
export const megabytesOf = ({ totalWords }: Plan): number => (totalWords * 4) / MEGABYTE;

/** `23.4 MB: 120,000 objects`. */
export const roomOf = (plan: Plan): string => `${megabytesOf(plan).toFixed(1)} MB: ${grouped(plan.objects)} objects`;

/** What a table takes, its version words too. */
const wordsOf = ({ count, words }: PlacedTable): number => count * (words + 1);

/** Throws a ScenarioError when a world takes more than it may. */
export function checkRoom(plan: Plan, limit: number = LIMITS.megabytes): void {
  if (megabytesOf(plan) <= limit) return;
  const largest = plan.tables.reduce((most, table) => (wordsOf(table) > wordsOf(most) ? table : most));
  const { name, per } = largest.layout;
  const count = per.map((dimension, k) => `${grouped(largest.dims[k]!)} ${dimension}`).join(' × ');
  const needed = Math.ceil(megabytesOf(plan));
  throw new ScenarioError('', `its world takes ${grouped(needed)} MB, ${grouped(Math.ceil((wordsOf(largest) * 4) / MEGABYTE))} of them for '${name}'${count === '' ? '' : ` (${count})`}; `
    + `the limit 'megabytes' is ${limit}: use less of these${needed > MOST_MEGABYTES ? '' : `, or allow more with FAULTLINE_MEGABYTES=${needed}`}`);
}
