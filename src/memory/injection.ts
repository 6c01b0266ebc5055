// A message from outside of the world: what a person, or a program beside the run, sends to an actor. Plain data, so that it
// can be kept in a trace and sent to a worker.

/** Something that comes into a run from outside: a recorded step that puts a message into a mailbox. */
export interface Injection {
  /** Number of the receiver. */
  readonly actor: number;
  /** Type of the message. */
  readonly type: number;
  /** Words of the message. */
  readonly payload: readonly number[];
  /** Instructions that come with it: words that are written into the code of the scenario, from word `at` on, before it is sent. */
  readonly code?: { readonly at: number; readonly words: readonly number[] };
}
