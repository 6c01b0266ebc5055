// What decided how a step ended: the state and the transition in which its errno came to stand, or the last one before the answer.

import { outcomeName } from '../memory/outcome.ts';
import type { Bench, Listener } from './bench.ts';

/** A transition of an actor. */
export interface Decision { readonly actor: string; readonly machine: string; readonly path: string; readonly step: string; readonly outcome: string }

/** Steps of a vCPU around what decides: what the guest executes, and the loop of KVM_RUN. */
const AROUND = /^(?:guest|vcpu)\./;

interface Taken { readonly actor: number; readonly leaf: number; readonly outcome: number; readonly errno: number }

/** Steps in which an actor answers somebody. */
const ANSWERS = new Set(['op.reply', 'vcpu.reply', 'vcpu.refuse', 'vcpu.refuseForeign', 'mf.reply']);

/** Follows the transitions of one recorded step. */
export class Follower implements Listener {
  private readonly bench: Bench;
  private taken: Taken[] = [];

  constructor(bench: Bench) {
    this.bench = bench;
  }

  injected(): void {}

  stepped(): void {
    const { world } = this.bench;
    const { actor, leaf, outcome } = world.last;
    const { errno } = world.frames[actor]! as { readonly errno?: number };
    this.taken.push({ actor, leaf, outcome, errno: errno ?? 0 });
  }

  /** Forgets what was before. */
  clear(): void {
    this.taken = [];
  }

  /** The transition that decided; nothing when no actor has answered anything. */
  decision(): Decision | undefined {
    const { leaves } = this.bench.kernel.table;
    const at = this.taken.findLastIndex(({ leaf }) => ANSWERS.has(leaves[leaf]!.step));
    const own = at < 0 ? this.taken : this.taken.slice(0, at).filter(({ actor }) => actor === this.taken[at]!.actor);
    const last = own.at(-1);
    if (last === undefined) return undefined;
    // The step behind which errno stood as it was answered; without one the last step that chose something.
    const failed = last.errno === 0 ? -1 : own.findLastIndex(({ errno }, i) => errno === last.errno && (i === 0 || own[i - 1]!.errno !== errno));
    const chooses = ({ leaf }: Taken): boolean => leaves[leaf]!.outcomes.length > 1;
    const chosen = failed >= 0 ? own[failed]! : own.findLast((one) => chooses(one) && !AROUND.test(leaves[one.leaf]!.step)) ?? own.findLast(chooses) ?? last;
    const { machine, path, step } = leaves[chosen.leaf]!;
    return { actor: this.bench.topology.actors[chosen.actor - 1]!.name, machine, path, step, outcome: outcomeName(chosen.outcome) };
  }
}
