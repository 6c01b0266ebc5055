// A mistake in a recording: file, line, field, and what is wrong with it. Never a defect of the laboratory, nor a difference.

import { shown } from '../scenario/errors.ts';

/** Where in a file something stands. */
export interface Place { readonly file: string; readonly line: number }

export class RecordingError extends Error {
  override name = 'RecordingError';

  /** `field` is a path within the entry on that line, `steps[3].args.fd`; empty for the whole. `problem` is a clause. */
  constructor({ file, line }: Place, field: string, problem: string, hint = '') {
    super(`${file}, line ${line}${field === '' ? '' : `, ${field}`}: ${problem}${hint}`);
  }
}

export { shown };
