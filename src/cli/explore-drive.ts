// Lets an engine that knows no clock work until it is through, its time is up, or somebody presses Ctrl-C; shows how far it is.

import type { Interruption } from './interruption.ts';

/** Steps between two looks at the clock. */
const PART = 1000;
/** Milliseconds between two pictures; and after which events have their turn. */
export const EVERY_MS = 500;
const TURN_MS = 20;

export type Drive = 'done' | 'seconds' | 'interrupted';

const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

/** Shows a line on a terminal, again and again in the same place; `clear` takes it away. */
export class StatusLine {
  private readonly quiet: boolean;
  private shown = false;

  constructor(quiet: boolean) {
    this.quiet = quiet || !process.stderr.isTTY;
  }
  show(text: string): void {
    if (this.quiet) return;
    process.stderr.write(`\r\x1b[K${text.slice(0, 78)}`);
    this.shown = true;
  }
  clear(): void {
    if (this.shown) process.stderr.write('\r\x1b[K');
    this.shown = false;
  }
}

/** How long there is until `ends`, behind a line that says how far it is. */
export const secondsLeft = (ends: number): string => `, ${Math.max(0, Math.ceil((ends - performance.now()) / 1000))} s left (Ctrl-C ends it)`;

/** `advance` works for about so many steps and says whether there is more. */
export async function drive(advance: (steps: number) => boolean, seconds: number, interruption: Pick<Interruption, 'asked'>, status: Pick<StatusLine, 'show' | 'clear'>, says: () => string): Promise<Drive> {
  const ends = performance.now() + seconds * 1000;
  let pictured = performance.now();
  let turned = pictured;
  try {
    for (;;) {
      if (!advance(PART)) return 'done';
      const now = performance.now();
      if (now - pictured >= EVERY_MS) {
        pictured = now;
        status.show(`${says()}${secondsLeft(ends)}`);
      }
      if (now - turned >= TURN_MS) {
        await turn();
        turned = performance.now();
      }
      if (interruption.asked) return 'interrupted';
      if (now >= ends) return 'seconds';
    }
  } finally {
    status.clear();
  }
}
