// Components that follow a session: they are drawn again when it has changed.

import { useEffect, useState } from 'preact/hooks';
import type { Session } from '../model.ts';
import type { View } from '../view.ts';

/** Draws the component again whenever cursor, steps or verdicts have changed, at most once a frame. */
export function useSession(session: Session): void {
  const [, again] = useState(0);
  useEffect(() => {
    let asked = 0;
    const end = session.subscribe(() => {
      if (asked === 0) asked = requestAnimationFrame(() => {
        asked = 0;
        again((n) => n + 1);
      });
    });
    again((n) => n + 1);
    return () => {
      end();
      cancelAnimationFrame(asked);
    };
  }, [session]);
}

/** Draws the component again whenever something else is chosen. */
export function useView(view: View): void {
  const [, again] = useState(0);
  useEffect(() => view.subscribe(() => again((n) => n + 1)), [view]);
}
