// How often runs near a schedule break a property: the schedule itself, and changes of it, played leniently to their ends. For what is so
// rare that a visit does not come to it a second time.

import { invariants as all } from '../../check/invariants/index.ts';
import type { Kernel } from '../../kernel/define.ts';
import { Random } from '../../runtime/random.ts';
import { compile } from '../../scenario/compile.ts';
import type { Scenario } from '../../scenario/types.ts';
import type { Finding } from '../finding.ts';
import { Player } from '../player.ts';
import type { Decision, Schedule } from '../schedule.ts';
import { blocksOf } from '../shrink-schedule.ts';

/** Runs that are played. */
export const NEARBY = 200;
/** Steps of one at most, as a multiple of the schedule's. */
const LONGER = 4;

/** In how many of NEARBY runs the property breaks. The same arguments give the same answer. */
export function* nearby(kernel: Kernel, scenario: Scenario, schedule: Schedule, { kind, id }: Pick<Finding, 'kind' | 'id'>): Generator<void, number> {
  const random = new Random(1);
  const isSafety = kind === 'safety' || kind === 'leak';
  const player = new Player(kernel, compile(scenario, kernel), { invariants: isSafety ? all.filter((one) => one.id === id) : [], cycles: kind === 'deadlock' });
  const blocks = blocksOf(schedule);
  let times = 0;
  for (let run = 0; run < NEARBY; run++) {
    const changed = run === 0 ? schedule : changes(blocks, random);
    if (player.play(changed, { complete: true, most: LONGER * schedule.length + 100 }).broken?.id === id) times++;
    yield;
  }
  return times;
}

/** One to three changes: a block is cut short, moved, or goes. */
function changes(blocks: readonly (readonly Decision[])[], random: Random): Schedule {
  const result = blocks.map((block) => [...block]);
  for (let left = 1 + random.below(3); left > 0 && result.length > 1; left--) {
    const [at, what] = [random.below(result.length), random.below(3)];
    if (what === 0) result[at]!.length = random.below(result[at]!.length + 1);
    else {
      const [block] = result.splice(at, 1);
      if (what === 1) result.splice(random.below(result.length + 1), 0, block!);
    }
  }
  return result.flat();
}
