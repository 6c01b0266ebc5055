// What has come in and has not been put into the world yet.

import type { Injection } from '../memory/injection.ts';
import { canApply } from './injection.ts';
import type { RunWorld } from './world.ts';

/** Injections that wait for their receivers. Those of one kind for one receiver keep their order; a decision does not wait behind a command. */
export class Pending {
  /** How many wait. */
  size = 0;
  private readonly queues = new Map<string, Injection[]>();

  add(injection: Injection): void {
    const key = `${injection.actor} ${injection.type}`;
    const queue = this.queues.get(key);
    if (queue === undefined) this.queues.set(key, [injection]);
    else queue.push(injection);
    this.size++;
  }

  /** Does some receiver wait for what there is? */
  canBeTaken(world: RunWorld): boolean {
    return [...this.queues.values()].some(([first]) => canApply(world, first!));
  }

  /** Offers the first of each queue; `apply` answers whether it could be put in. Answers how many were. */
  offer(apply: (injection: Injection) => boolean): number {
    let applied = 0;
    for (const [key, queue] of this.queues) {
      if (!apply(queue[0]!)) continue;
      applied++;
      this.size--;
      queue.shift();
      if (queue.length === 0) this.queues.delete(key);
    }
    return applied;
  }
}
