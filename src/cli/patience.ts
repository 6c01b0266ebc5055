// A step of a person's own kernel that never comes back: while it spins, no handler of a signal runs, so that Ctrl-C would do
// nothing. Node's own watchdog ends it; the steps before it stay in the trace.

import { createContext, Script } from 'node:vm';
import { LaboratoryError, type RunWorld } from '../runtime/world.ts';
import type { RunOptions } from '../runtime/run.ts';

/** Seconds that a step may take. */
const PATIENCE = 10;

const call = new Script('act()');

/** Executes parts of a run on `world`, and ends a part that takes longer than `seconds`. */
export function patiently(world: () => RunWorld, seconds = PATIENCE): NonNullable<RunOptions['around']> {
  const box = { act: (): void => {} };
  const context = createContext(box);
  return (part) => {
    let done: { readonly answer: ReturnType<typeof part> } | { readonly error: unknown } | undefined;
    box.act = () => {
      try {
        done = { answer: part() };
      } catch (error) {
        done = { error };
      }
    };
    const before = process.cpuUsage();
    try {
      call.runInContext(context, { timeout: seconds * 1000, displayErrors: false });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      const { user, system } = process.cpuUsage(before);
      throw new LaboratoryError(sentence(world(), seconds, (user + system) / 1e6 < seconds / 4));
    }
    if (done === undefined) throw new LaboratoryError('a part of a run has not been executed');
    if ('error' in done) throw done.error;
    return done.answer;
  };
}

function sentence({ last, topology, table }: RunWorld, seconds: number, halted: boolean): string {
  return `step '${table.leaves[last.leaf]!.step}' of ${topology.actors[last.actor - 1]?.name ?? 'nobody'} has not come back for ${seconds} s; `
    + (halted ? 'the process hardly ran meanwhile: if it was halted, run it again' : "the kernel's step does not end");
}
