// The inputs of a run: the stream that it was given, and the inboxes that somebody took. Whoever picks the next step asks here
// whether more may come when nobody can go on.

import type { Observable, Observer } from 'rxjs';
import type { Injection } from '../memory/injection.ts';
import { problemOf, ScenarioError } from '../scenario/errors.ts';
import type { Decision } from '../scenario/types.ts';

/** What an actor can be sent: operations of the scenario language to execute, or what to do with the exit that it asks about. */
export type Told = { readonly do: readonly object[] } | { readonly decision: Decision };
/** The same with the name of the actor. */
export type Injected = Told & { readonly to: string };

/** Something that came in is wrong, or an input failed: the run ends with it. */
export class InputError extends Error {
  override name = 'InputError';
}

export class Inputs {
  /** Why the run must end. */
  failure: InputError | undefined;
  private readonly open = new Set<string>();
  private readonly inboxes = new Map<string, Observer<Told>>();
  private readonly compile: (injected: Injected) => Injection;
  private readonly inject: (injection: Injection) => void;
  private waiter: (() => void) | undefined;
  private over = false;

  constructor(compile: (injected: Injected) => Injection, inject: (injection: Injection) => void) {
    this.compile = compile;
    this.inject = inject;
  }

  /** More may come. */
  get mayCome(): boolean {
    return this.open.size > 0 && this.failure === undefined;
  }

  /** Takes everything of a stream from now on; the answer ends that. */
  listen(stream: Observable<Injected>): () => void {
    this.open.add('inject$');
    const subscription = stream.subscribe(this.observer('inject$', (injected: Injected) => injected));
    return () => subscription.unsubscribe();
  }

  /** The inbox of an actor; open until it is completed. */
  inbox(to: string): Observer<Told> {
    let inbox = this.inboxes.get(to);
    if (inbox === undefined) {
      this.open.add(to);
      this.inboxes.set(to, inbox = this.observer(to, (told: Told) => ({ ...told, to })));
    }
    return inbox;
  }

  /** Resolves when something has come, an input is complete or has failed, or somebody calls `wake`, from now on. */
  changed(): Promise<void> {
    return new Promise((resolve) => { this.waiter = resolve; });
  }

  wake(): void {
    this.waiter?.();
    this.waiter = undefined;
  }

  /** The run is over: what still comes goes nowhere. */
  close(): void {
    this.over = true;
    this.open.clear();
  }

  private observer<T>(input: string, injectedOf: (value: T) => Injected): Observer<T> {
    const what = input === 'inject$' ? 'inject$' : `the inbox of '${input}'`;
    return {
      next: (value) => {
        if (!this.over && this.open.has(input)) this.take(what, () => injectedOf(value));
      },
      error: (error: unknown) => this.fail(new InputError(`${what} failed: ${problemOf(error)}`, { cause: error })),
      complete: () => {
        this.open.delete(input);
        this.wake();
      },
    };
  }

  private take(what: string, injected: () => Injected): void {
    try {
      this.inject(this.compile(injected()));
      this.wake();
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      this.fail(new InputError(`${what}: ${error.message}`, { cause: error }));
    }
  }

  private fail(error: InputError): void {
    if (this.over) return;
    this.failure ??= error;
    this.wake();
  }
}
