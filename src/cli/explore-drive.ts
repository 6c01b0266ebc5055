// Lets an engine that knows no clock work until it is through, its time is up, or somebody presses Ctrl-C; shows how far it is.

import type { Interruption } from './interruption.ts';
import { grouped, labelledList } from './output.ts';
import { Block, canRedraw, PLAIN_FIRST_MS, PLAIN_MS, type Screen } from './progress.ts';

/** Steps between two looks at the clock. */
const PART = 1000;
/** Milliseconds between two pictures; and after which events have their turn. */
export const EVERY_MS = 500;
const TURN_MS = 20;

/** More seconds are no limit that anybody has set. */
const MOST_SECONDS = 1e9;

export type Drive = 'done' | 'seconds' | 'interrupted';

const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

/** Says how far an exploration is, on standard error: on a terminal a block that is drawn again in place and taken away by `clear`, elsewhere a
 *  line now and then. `quiet`: on a terminal only. */
export class StatusLine {
  private readonly quiet: boolean;
  private readonly screen: Screen;
  private readonly block: Block;
  private readonly label: string;
  private due = performance.now() + PLAIN_FIRST_MS;

  constructor(quiet: boolean, screen: Screen = process.stderr, label = 'exploring') {
    this.quiet = quiet;
    this.screen = screen;
    this.block = new Block(screen);
    this.label = label;
  }
  /** The parts of what there is to say. */
  show(parts: readonly string[]): void {
    if (canRedraw(this.screen)) this.block.draw(labelledList(this.label, [...parts, 'Ctrl-C ends it']).split('\n'));
    else if (!this.quiet && performance.now() >= this.due) {
      this.due = performance.now() + PLAIN_MS;
      this.screen.write(`faultline: ${parts.join(', ')}\n`);
    }
  }
  clear(): void {
    if (canRedraw(this.screen)) this.block.clear();
  }
}

/** How much is done in a second: `1,234 states a second`. */
export const rate = (count: number, began: number, what: string): string => `${grouped(Math.round(count / Math.max(0.001, (performance.now() - began) / 1000)))} ${what} a second`;

/** How long there is until `ends`; nothing where nobody has set a limit. */
export function toGo(ends: number): string[] {
  const left = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
  return left > MOST_SECONDS ? [] : [`at most ${grouped(left)} s to go`];
}

/** `advance` works for about so many steps and says whether there is more. */
export async function drive(advance: (steps: number) => boolean, seconds: number, interruption: Pick<Interruption, 'asked'>, status: Pick<StatusLine, 'show' | 'clear'>, says: () => readonly string[]): Promise<Drive> {
  const ends = performance.now() + seconds * 1000;
  let pictured = performance.now();
  let turned = pictured;
  try {
    for (;;) {
      if (!advance(PART)) return 'done';
      const now = performance.now();
      if (now - pictured >= EVERY_MS) {
        pictured = now;
        status.show([...says(), ...toGo(ends)]);
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
