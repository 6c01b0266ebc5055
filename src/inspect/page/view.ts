// What a person has chosen to look at, beside the cursor: an actor, markers, the filter. Panels share it as they share the session.

/** What can be chosen. */
export interface Choices {
  /** Number of the actor whose statechart and state are shown; 0: whoever has made the step under the cursor. */
  readonly actor: number;
  /** Steps of the two markers; 0: not set. */
  readonly a: number;
  readonly b: number;
  /** Text of the filter of the event list. */
  readonly filter: string;
  /** Lines of the event list as a kernel's tracer prints them. */
  readonly kernelLines: boolean;
  /** Page that the memory panel follows: an object of the world by its number; -1: none. */
  readonly object: number;
  /** What is not caused by, and does not cause, the step under the cursor is dimmed. */
  readonly cone: boolean;
  /** The step behind which what breaks could not be avoided any more; 0: not known. */
  readonly noReturn: number;
  /** Steps on the way along messages that was followed last. */
  readonly trail: readonly number[];
}

export class View {
  now: Choices = { actor: 0, a: 0, b: 0, filter: '', kernelLines: false, object: -1, cone: false, noReturn: 0, trail: [] };
  private readonly listeners = new Set<() => void>();

  /** Chooses; the rest stays. */
  set(change: Partial<Choices>): void {
    this.now = { ...this.now, ...change };
    for (const listener of this.listeners) listener();
  }

  /** Calls `listener` when something else is chosen; answers what ends that. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
