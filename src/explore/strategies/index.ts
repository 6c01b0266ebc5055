// All strategies of sampling, by name.

import { nearest } from '../../kernel/nearest.ts';
import { dpor } from './dpor.ts';
import { pct } from './pct.ts';
import { portfolio } from './portfolio.ts';
import { pos } from './pos.ts';
import { preemptions } from './preemption.ts';
import { random } from './random.ts';
import { replay } from './replay.ts';
import type { StrategyKind } from './context.ts';

export const strategies: readonly StrategyKind[] = [portfolio, random, pct, pos, preemptions, dpor, replay];

/** A kind of strategy by its name. Throws, with near names, when there is none. */
export function strategyKind(name: string): StrategyKind {
  const found = strategies.find((one) => one.name === name);
  if (found === undefined) throw new RangeError(`there is no strategy '${name}'${nearest(name, strategies.map((one) => one.name)) || `; there is ${strategies.map((one) => one.name).join(', ')}`}`);
  return found;
}
