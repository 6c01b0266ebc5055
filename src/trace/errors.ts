// What is wrong with a trace: one sentence that names the place and the mend.

/**
 * `truncated`: the file ends too early; what came before is good. `edited`: a checksum differs. `foreign`: no trace at all.
 * `newer`: a format of a later faultline. `version`: made from other sources of kernel or scenario language. `malformed`: whole by its
 * checksums, yet it says what cannot be.
 */
export type TraceProblem = 'truncated' | 'edited' | 'foreign' | 'newer' | 'version' | 'malformed';

export class TraceError extends Error {
  override name = 'TraceError';
  readonly problem: TraceProblem;
  /** Byte at which it shows, as far as it has a place. */
  readonly offset: number | undefined;

  constructor(problem: TraceProblem, sentence: string, offset?: number) {
    super(sentence);
    this.problem = problem;
    this.offset = offset;
  }

  /** The same, said of a file. */
  of(file: string): TraceError {
    return new TraceError(this.problem, `${file} ${this.message}`, this.offset);
  }
}
