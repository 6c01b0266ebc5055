// What can be wrong with what somebody opens in the page: one sentence.

/** A run cannot be opened, or be executed as it says. Its message is one sentence. */
export class InspectError extends Error {
  override name = 'InspectError';
  /** The step at which it shows; 0: it has no place. */
  readonly step: number;

  constructor(sentence: string, step = 0) {
    super(sentence);
    this.step = step;
  }
}
