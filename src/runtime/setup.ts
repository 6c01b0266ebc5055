// The part of a scenario that is over when a run begins: programs that run to their end one after the other, by the kernel's
// own steps and without a choice, so that every generation sets its world up in its own way.

import { expectedOf, operand } from '../memory/code.ts';
import { isBlocked, outcome } from '../memory/outcome.ts';
import { ERRNO_NAMES } from '../steps/errno.ts';
import type { RunWorld } from './world.ts';

/** The set-up program of a scenario does not come to its end, or something in it does not end as it says. */
export class SetupError extends Error {
  override name = 'SetupError';
}

const unexpected = outcome('unexpected');

/** Steps that a set-up may take. */
const LIMIT = 1_000_000;

/** Brings the world to the state in which the run begins. Setup actors are at rest or ended then. */
export function runSetup(world: RunWorld): void {
  world.reset();
  const actors = world.topology.actors;
  let steps = 0;
  for (const setup of world.topology.setup) {
    // The set-up thread first; then whoever works for it: its operations, deferred releases, and last the interrupts, which are many and
    // have nothing to do as long as no vCPU runs.
    const others = actors.flatMap((spec, i) => (spec.caller === setup || (spec.thread < 0 && spec.code.length === 0) ? [i + 1] : []));
    const isInterrupt = (actor: number): boolean => actors[actor - 1]!.machine === 'hardware';
    const working = [setup, ...others.filter((actor) => !isInterrupt(actor)), ...others.filter(isInterrupt)];
    while (!world.ended(setup)) {
      let moved = false;
      for (const actor of working) {
        if (world.ended(actor) || isBlocked(world.step(actor, () => 0))) continue;
        moved = true;
        if (actor === setup) checkResult(world);
        break;
      }
      if (!moved) throw new SetupError(`the set-up program of '${actors[setup - 1]!.name}' waits for ever in state '${world.leafOf(setup).path}'`);
      if (++steps > LIMIT) throw new SetupError(`the set-up program of '${actors[setup - 1]!.name}' has not ended after ${LIMIT} steps`);
    }
  }
}

/** Throws if the last step, one of the set-up thread's own, says that something went another way than the set-up says. */
function checkResult({ table, topology, facts, frames, objects, last }: RunWorld): void {
  const { actor, leaf, pc } = last;
  const { step } = table.leaves[leaf]!;
  const fails = (what: string): never => { throw new SetupError(`${topology.setupPlaces[pc]!} ${what}`); };
  if (step === 'vmm.raiseSegv') fails('got SIGSEGV, expected ok');
  if (step === 'vmm.raiseSigbus') fails('got SIGBUS, expected ok');
  if (last.outcome !== unexpected) return;
  const name = (errno: number): string => ERRNO_NAMES[errno] ?? `errno ${errno}`;
  if (step === 'vmm.receiveReply') fails(`answered ${name(frames[actor]!['ret']!)}, expected ${name(expectedOf(operand(facts, actor, pc, 2)) - 1)}`);
  // Choices of the set-up are the first there is, so the page is the first operand.
  fails(`read ${objects.page(objects.hpte(operand(facts, actor, pc, 1)).pfn).value}, expected ${operand(facts, actor, pc, 5) - 1}`);
}
