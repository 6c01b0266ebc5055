// Which cases share a world: making one, and warming its code, takes longer than executing a case. Cases of a like size go together.

import { countPages, needsOf, type Needs } from './needs.ts';
import type { Recording } from './recording.ts';

/** Sorts cases by what they need of the world. */
export function grouped<T extends Pick<Recording, 'steps'>>(recordings: readonly T[]): T[][] {
  return groupsBy(recordings, ({ steps }) => sizeClass(needsOf(steps)));
}

/** Pages of a small world, and slot ids. */
const SMALL = 256, FEW_SLOT_IDS = 256;

function sizeClass({ gfns, indexes, hvas, regions, slotIds, vcpus }: Needs): string {
  const pages = Math.max(countPages(gfns), countPages(indexes), countPages(hvas), regions.reduce((sum, one) => sum + one, 0));
  return `${pages <= SMALL ? 0 : Math.ceil(Math.log2(pages))} ${slotIds <= FEW_SLOT_IDS ? 0 : 1} ${vcpus > 0 ? 1 : 0}`;
}

/** Those of one key together, in the order in which keys come. */
export function groupsBy<T, K>(all: readonly T[], keyOf: (one: T) => K): T[][] {
  const groups = new Map<K, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}
