// What a step came to in the model: a result as recordings write it, nothing to act on, or nothing the model has.

import type { Result } from './recording.ts';

export type Outcome =
  | { readonly kind: 'result'; readonly result: Result }
  /** Nothing there to act on. */
  | { readonly kind: 'skipped'; readonly why: string }
  /** The model leaves it out; `docs/conformance.md` says why. `harmless`: what it would have done changes nothing that later steps see. */
  | { readonly kind: 'inapplicable'; readonly why: string; readonly harmless: boolean }
  /** It did not come to an end. */
  | { readonly kind: 'stuck'; readonly why: string };

/** A result. */
export const result = (fields: Result): Outcome => ({ kind: 'result', result: fields });
/** The model leaves this out, and what comes behind it may depend on it. */
export const inapplicable = (why: string): Outcome => ({ kind: 'inapplicable', why, harmless: false });
/** The model leaves this out, and nothing that comes behind it depends on it. */
export const harmless = (why: string): Outcome => ({ kind: 'inapplicable', why, harmless: true });
