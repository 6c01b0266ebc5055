// Lets chance choose who goes on, from the cursor, until nobody can, something breaks, or it is enough.

import { Random } from '../../../runtime/random.ts';
import type { Session } from '../model.ts';

/** Steps at a time. */
const MOST = 500;

/** Goes on by chance, the same every time from the same step; answers a sentence about how that ended. */
export function runOn(session: Session, most = MOST): string {
  const random = new Random(session.at);
  try {
    for (let k = 0; k < most; k++) {
      const enabled = session.enabled();
      if (enabled.length === 0) {
        const over = session.world.topology.actors.every((_actor, i) => session.world.leafOf(i + 1).idle || session.world.ended(i + 1));
        return `${over ? 'everybody has ended or rests' : 'nobody can go on'} behind step ${session.at}`;
      }
      const { at } = session;
      const { name, choices } = enabled[random.below(enabled.length)]!;
      session.take([{ actor: name, times: 1, choice: choices > 1 ? random.below(choices) : 0 }], [], false);
      session.look();
      const { violation } = session.scan;
      if (violation !== undefined && violation.step > at) return `${violation.id} is broken by step ${violation.step}`;
    }
    return `${most} steps more; run on again for others`;
  } finally {
    session.settled();
  }
}
