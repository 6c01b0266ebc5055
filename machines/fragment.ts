// How statecharts are written here. A fragment is an operation, or a part of one, as a compound state: plain data in
// XState's own form, without context, guards or actions. A leaf names the step that it executes; the step's outcome is the
// event that leads on. Fragments use each other by name, so that a kernel can change one in one place.

/** The target of an outcome: a sibling state, or `^name` to leave the fragment by its exit `name`. */
export type Targets = { readonly [outcome: string]: string };

/** What a person, or a program beside the world, sends to an actor: instructions to execute, or what to do with an exit. */
export type OutsideMessage = 'command' | 'decision';

/** A leaf: executes `meta.step`, leads on by its outcome. */
export interface Leaf {
  readonly meta: { readonly step: string; readonly idle?: true; readonly progress?: true; readonly outside?: OutsideMessage };
  readonly description: string;
  readonly on: Targets;
}
/** A compound state whose inside is the fragment `use`; `exits` says where each of its exits leads. */
export interface Use {
  readonly use: string;
  readonly exits: Targets;
}
/** Nothing more to do: the actor has ended. */
export interface End { readonly type: 'final'; readonly description?: string }
export type State = Leaf | Use | End;
export type States = { readonly [name: string]: State };

export interface Fragment {
  /** Named after the operation: `gmem.punchHole`. */
  readonly name: string;
  /** What it models, in a sentence, with the kernel function. */
  readonly description: string;
  readonly initial: string;
  readonly states: States;
  /** Name under which its registers are declared, when it is not its own. */
  readonly frame?: string;
}

export interface LeafOptions {
  /** Waiting here is rest: an actor that waits for a request is not part of a deadlock. */
  readonly idle?: true;
  /** Passing here is progress: a loop without it is a livelock. */
  readonly progress?: true;
  /** It receives such a message, which comes from outside of the world; nobody else can help an actor that waits here. */
  readonly outside?: OutsideMessage;
}

/** A leaf state. `description` names the kernel function that the step stands for. */
export function step(name: string, description: string, on: Targets, options: LeafOptions = {}): Leaf {
  return { meta: { step: name, ...options }, description, on };
}

/** A state in which another fragment runs; each exit of it leads to a sibling state, or out of this fragment too. */
export function use(name: string, exits: string | Targets): Use {
  return { use: name, exits: typeof exits === 'string' ? { done: exits } : exits };
}

/** A final state. */
export const end: End = { type: 'final' };

/** Declares a fragment. Its first state is the initial one. */
export function fragment(name: string, description: string, states: States): Fragment {
  const initial = Object.keys(states)[0];
  if (initial === undefined) throw new Error(`fragment '${name}' has no states`);
  return { name, description, initial, states };
}
