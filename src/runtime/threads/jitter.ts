// Seeded pauses between steps: they widen windows that are narrower than what the hardware would hit by itself.

import { Random } from '../random.ts';

/** Out of so many steps one is followed by a pause. */
const ONE_IN = 8;

export class Jitter {
  private readonly random = new Random(0);
  private readonly most: number;

  /** Pauses of up to `most` microseconds. */
  constructor(most: number) {
    this.most = most;
  }

  /** The pauses of another seed from here on. */
  restart(seed: number): void {
    this.random.restart(seed);
  }

  /** Between two steps: mostly nothing. */
  pause(): void {
    if (this.random.below(ONE_IN) !== 0) return;
    const ends = performance.now() + this.random.below(this.most + 1) / 1000;
    while (performance.now() < ends);
  }
}
