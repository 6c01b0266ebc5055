// Is a loop of a schedule fair? Somebody who takes no step in it must be stopped in one of its states, or the loop keeps him from his turn.

import type { Player } from './player.ts';
import type { Schedule } from './schedule.ts';
import { fairProperties } from './search/fair.ts';

/** Is this property broken by fair loops only? */
export const isOfFairLoops = (id: string): boolean => fairProperties.some((one) => one.id === id);

/** Plays a way and the loop behind it, all of whose steps apply. */
export function isFair(player: Player, stem: Schedule, loop: Schedule): boolean {
  const { world } = player;
  const kept = new Set(world.topology.actors.map((_one, k) => k + 1));
  let step = 0;
  player.play([...stem, ...loop], {
    strict: true, only: { kind: 'livelock', key: '' },
    after: ({ actor }) => {
      if (++step <= stem.length) return;
      kept.delete(actor);
      for (const other of kept) if (world.ended(other) || player.peek(other) >= 0) kept.delete(other);
    },
  });
  return kept.size === 0;
}
