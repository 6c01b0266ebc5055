// The window that a run's end needs: which system calls were under way together with the one that ended it.

import type { StepEvent } from '../../runtime/events.ts';

/** A call of a thread, by its name; KVM_RUN too. */
export interface WindowCall { readonly thread: string; readonly call: string }

interface Open extends WindowCall { readonly to: string; readonly began: number; ended: number }

/** Follows who calls whom. */
export class Window {
  private readonly threads: ReadonlySet<string>;
  private readonly open = new Map<string, Open>();
  /** The last call of each thread that has ended. */
  private readonly before = new Map<string, Open>();
  private last: { readonly actor: string; readonly step: number } = { actor: '', step: 0 };

  constructor(threads: Iterable<string>) {
    this.threads = new Set(threads);
  }

  step({ step, actor, messages }: StepEvent): void {
    this.last = { actor, step };
    for (const { from, to, message } of messages) {
      if (this.threads.has(from)) this.open.set(from, { thread: from, call: message, to, began: step, ended: Infinity });
      else if (this.threads.has(to) && this.open.get(to)?.to === from) {
        this.before.set(to, Object.assign(this.open.get(to)!, { ended: step }));
        this.open.delete(to);
      }
    }
  }

  /** The call in which the run came to its end, and those that overlap it; at rest the last call of each thread. */
  calls(): WindowCall[] {
    const all = [...this.open.values(), ...this.before.values()];
    const own = all.find(({ to, thread, ended }) => (to === this.last.actor || thread === this.last.actor) && ended >= this.last.step) ?? all.toSorted((a, b) => b.began - a.began)[0];
    if (own === undefined) return [];
    return all.filter(({ began, ended }) => ended >= own.began && began <= own.ended).map(({ thread, call }) => ({ thread, call }));
  }
}
