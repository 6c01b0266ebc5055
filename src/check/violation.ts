// A broken property: what, where, at which step.

/** One sentence of what is broken, and the objects that show it. */
export interface Violation {
  /** Id of the property: S-01. */
  readonly id: string;
  readonly sentence: string;
  /** It is wrong when everybody rests; the step that came last did not do it. */
  readonly atRest?: true;
  /** The step that shows it says little: as in the invariant. */
  readonly bySentence?: true;
}
