// What is broken is what a person wants to see first. Where a run does not say how it ended, it is found while the page looks through it.

import type { Session } from '../model.ts';

/** Goes to what is broken as soon as that is found, unless somebody has gone elsewhere before. */
export function standOnAnswer(session: Session): void {
  const from = session.at;
  const end = session.subscribe(() => {
    const broken = session.verdicts().find(({ state }) => state === 'violated');
    if (broken === undefined && session.at === from && !session.scan.done) return;
    end();
    if (session.at === from && broken?.step !== undefined) session.go(broken.step);
  });
}
