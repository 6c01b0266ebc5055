// The line that a long run keeps up to date on a terminal.

import type { Run } from '../runtime/run.ts';
import { grouped } from './output.ts';

const EVERY_MS = 500;

/** Shows how far a run is, on standard error, if that is a terminal. Answers what takes the line away. */
export function showProgress(run: Run): () => void {
  if (!process.stderr.isTTY) return () => {};
  const began = performance.now();
  const { steps: most, seconds } = run.options.limits ?? {};
  let shown = began;
  let any = false;
  const subscription = run.batches.subscribe(({ first, count }) => {
    const now = performance.now();
    if (now - shown < EVERY_MS) return;
    shown = now;
    any = true;
    const done = first + count - 1;
    const passed = (now - began) / 1000;
    const rate = done / passed;
    const left = Math.min(most === undefined ? Infinity : (most - done) / rate, seconds === undefined ? Infinity : seconds - passed);
    process.stderr.write(`\r\x1b[K${grouped(done)} steps, ${grouped(Math.round(rate))} a second${left < Infinity ? `, at most ${Math.max(0, Math.ceil(left))} s to go` : ''} (Ctrl-C ends it)`);
  });
  return () => {
    subscription.unsubscribe();
    if (any) process.stderr.write('\r\x1b[K');
  };
}
