// Panels of a large world take long to draw: they are drawn when they can be without holding up who steps and scrolls, and what they showed last stays
// until then.

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** Words of state from which on a world is large. */
export const LARGE_WORLD = 1_000_000;
/** What a panel takes at most of the time: one part in so many. */
const SHARE = 4;

/** The content, made anew at once where `large` is not so; else when so much time has passed as its last drawing took, and SHARE times that. */
export function useCalm(large: boolean, make: () => JSX.Element): JSX.Element {
  const shown = useRef<{ content: JSX.Element; from: number; took: number }>(undefined);
  const [, again] = useState(0);
  const now = performance.now();
  const last = shown.current;
  const wait = !large || last === undefined ? 0 : last.from + last.took * SHARE - now;
  const isNew = wait <= 0;
  if (isNew) shown.current = { content: make(), from: now, took: last?.took ?? 0 };
  // What it took, until it is on the screen.
  useEffect(() => {
    if (!isNew || !large) return undefined;
    let timer = 0;
    const frame = requestAnimationFrame(() => { timer = Number(setTimeout(() => { shown.current!.took = performance.now() - now; }, 0)); });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  });
  useEffect(() => {
    if (wait <= 0) return undefined;
    const timer = setTimeout(() => again((k) => k + 1), wait);
    return () => clearTimeout(timer);
  });
  return shown.current!.content;
}
