// Was what a scenario is about exercised? Green that was not earned is inconclusive.

import { properties } from '../check/properties.ts';

/** How often properties were evaluated or exercised, by id; those that others decide have what the rarest of these has. */
export function withDecided(exercised: Readonly<Record<string, number>>): Record<string, number> {
  const decided = properties.flatMap(({ id, by }) => (by === undefined || by.some((one) => exercised[one] === undefined) ? [] : [[id, Math.max(exercised[id] ?? 0, Math.min(...by.map((one) => exercised[one]!)))] as const]));
  return { ...exercised, ...Object.fromEntries(decided) };
}

/** Of these properties, those that nothing in any execution could have broken: all states were searched, and none asked for them. They hold,
 *  which says little of the scenario. `searched`: what the search evaluates, and how often it did. */
export function vacuous(about: readonly string[], searched: Readonly<Record<string, number>>): string[] {
  const all = withDecided(searched);
  return about.filter((id) => all[id] === 0);
}

/** Why finding nothing would say little of these properties, each a sentence. */
export function notExercised(about: readonly string[], exercised: Readonly<Record<string, number>>): string[] {
  const all = withDecided(exercised);
  return about.flatMap((id) => {
    const times = all[id];
    if (times === undefined) return [`the scenario is about ${id}, which nothing here checks`];
    return times === 0 ? [`the scenario is about ${id}, which was never exercised`] : [];
  });
}
