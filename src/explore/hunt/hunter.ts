// A hunt: scenario after scenario, each tried once, what they show gathered by cause. It knows no clock and no thread: who drives it asks which
// number is next, has it tried, here or elsewhere, and hands over what came of it, in the order of numbers.

import type { Kernel } from '../../kernel/define.ts';
import type { Shard } from '../strategies/context.ts';
import { Causes, type Cause, type Shape } from './causes.ts';
import { drawScenario } from './draw.ts';
import { MendedKernels } from './mended.ts';
import { scenarioHash } from './tried.ts';
import type { Tried } from './try.ts';

/** What a hunt has done; plain data. */
export interface HuntCounts {
  /** Scenarios that were tried: searched to their ends, or sampled. */
  readonly searched: number;
  readonly sampled: number;
  /** Drawn and not tried: one that says the same was; the kernel refuses it. */
  readonly repeated: number;
  readonly refused: number;
  readonly states: number;
  readonly schedules: number;
  readonly steps: number;
}

/** All that a hunt needs to go on. */
export interface HuntState {
  readonly seed: number;
  readonly shard: Shard;
  /** Number of the scenario from which on none is done. */
  readonly next: number;
  readonly counts: HuntCounts;
  /** Hashes of scenarios that were tried. */
  readonly tried: readonly string[];
  readonly causes: readonly Cause[];
  readonly shapes: readonly Shape[];
}

const NOTHING: HuntCounts = { searched: 0, sampled: 0, repeated: 0, refused: 0, states: 0, schedules: 0, steps: 0 };

/** The state of a hunt that begins. */
export const freshHunt = (seed: number, shard: Shard = { index: 0, of: 1 }, from = 0): HuntState =>
  ({ seed, shard, next: from + ((shard.index - from) % shard.of + shard.of) % shard.of, counts: NOTHING, tried: [], causes: [], shapes: [] });

export class Hunter {
  private readonly kernel: Kernel;
  private readonly seed: number;
  private readonly shard: Shard;
  private readonly found: Causes;
  private readonly tried: Set<string>;
  private counts: HuntCounts;
  /** Number that is drawn next, and the one from which on nothing was taken. */
  private drawn: number;
  private taken: number;

  constructor(kernel: Kernel, state: HuntState) {
    this.kernel = kernel;
    this.seed = state.seed;
    this.shard = state.shard;
    this.found = new Causes(kernel, new MendedKernels(kernel), state.causes, state.shapes);
    this.tried = new Set(state.tried);
    this.counts = state.counts;
    this.drawn = this.taken = state.next;
  }

  get causes(): readonly Cause[] {
    return this.found.causes;
  }
  get done(): HuntCounts {
    return this.counts;
  }

  /** Number of the next scenario that nobody has tried, below `end`; nothing when there is none. */
  next(end = Infinity): number | undefined {
    while (this.drawn < end) {
      const n = this.drawn;
      this.drawn += this.shard.of;
      const hash = scenarioHash(drawScenario(this.seed, n, this.kernel.calls));
      if (!this.tried.has(hash)) {
        this.tried.add(hash);
        return n;
      }
      this.counts = { ...this.counts, repeated: this.counts.repeated + 1 };
    }
    return undefined;
  }

  /** Takes what came of a scenario; yields now and then, answers which causes are new. In the order in which `next` gave the numbers. */
  *take({ n, visited }: Tried): Generator<void, readonly Cause[]> {
    const { counts } = this;
    if (visited === undefined) this.counts = { ...counts, refused: counts.refused + 1 };
    else {
      const { complete, states, schedules, steps } = visited;
      this.counts = {
        ...counts, searched: counts.searched + (complete ? 1 : 0), sampled: counts.sampled + (complete ? 0 : 1),
        states: counts.states + states, schedules: counts.schedules + schedules, steps: counts.steps + steps,
      };
    }
    const fresh = visited === undefined ? [] : yield* this.found.taking(n, drawScenario(this.seed, n, this.kernel.calls), visited.findings);
    this.taken = n + this.shard.of;
    return fresh;
  }

  /** The hunt as it is: what was drawn and not taken is drawn again. */
  state(): HuntState {
    const tried = new Set(this.tried);
    for (let n = this.taken; n < this.drawn; n += this.shard.of) tried.delete(scenarioHash(drawScenario(this.seed, n, this.kernel.calls)));
    return { seed: this.seed, shard: this.shard, next: this.taken, counts: this.counts, tried: [...tried], causes: this.found.causes, shapes: this.found.shapes };
  }
}
