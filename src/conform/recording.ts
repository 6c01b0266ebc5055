// What a recording is made of, as its file has it.

import type { Numeric } from './values.ts';

/** A value of a step's arguments: a number, a handle's name, an address, a list. */
export type Value = Numeric | boolean | readonly Value[] | { readonly [name: string]: Value } | null;
export type Args = Readonly<Record<string, Value>>;

/** What a call, an access or a signal came to: fields by name. */
export type Result = Readonly<Record<string, unknown>>;

export interface Step {
  readonly op: string;
  readonly args: Args;
  /** What the real kernel did. Missing in facts, and in steps whose result differs from run to run. */
  readonly res?: Result;
  /** What it did, where that differed from run to run. */
  readonly any_of?: readonly { readonly res: Result; readonly count: number }[];
}

/** A sequence of steps with their results. */
export interface Recording {
  readonly id: string;
  readonly tags: readonly string[];
  readonly note?: string;
  readonly steps: readonly Step[];
  readonly line: number;
}

/** Something whose result depends on timing, with everything that was seen. */
export interface Race extends Recording {
  readonly runs: number | readonly number[];
  readonly loop?: { readonly accesses: readonly Step[]; readonly body: readonly Step[] };
  readonly seen?: readonly (readonly { readonly res: Result; readonly count: number }[])[];
  readonly joint?: { readonly steps: readonly number[]; readonly seen: readonly { readonly res: readonly Result[]; readonly count: number }[] };
}

/** What a selftest asserts. */
export interface Fact {
  readonly id: string;
  readonly source: string;
  readonly kernel_range: string;
  readonly status: string;
  readonly requires?: readonly string[];
  readonly steps: readonly Step[];
  readonly expect: Result;
  readonly line: number;
}
