// Lets chance choose who goes on, from the cursor, until nobody can, something breaks, or it is enough.

import { Random } from '../../../runtime/random.ts';
import type { Session } from '../model.ts';

/** Steps at a time. */
const MOST = 500;

/** Goes on by chance, the same every time from the same step; answers a sentence about how that ended. */
export function runOn(session: Session, most = MOST): string {
  const random = new Random(session.at);
  const from = session.at;
  for (let k = 0; k < most; k++) {
    const enabled = session.enabled();
    if (enabled.length === 0) return `nobody can go on behind step ${session.at}`;
    session.take([{ actor: enabled[random.below(enabled.length)]!, times: 1, choice: random.below(0xffff) }], [], false);
    session.look();
    if (session.scan.violation !== undefined && session.scan.violation.step > from) {
      session.settled();
      return `${session.scan.violation.id} is broken by step ${session.scan.violation.step}`;
    }
  }
  session.settled();
  return `${most} steps more; run on again for others`;
}
