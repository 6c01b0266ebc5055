// The file in which an exhaustive search is kept, so that a later one goes on with it.

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { CheckpointError, headOf } from '../explore/search/checkpoint.ts';
import { otherThan, subjectOf } from '../explore/search/identity.ts';
import type { Head } from '../explore/search/head.ts';
import { isSystemError, systemProblem, UsageError } from './errors.ts';
import type { Subject } from './explore-engines.ts';

/** A checkpoint that was read. */
export interface Kept { readonly file: string; readonly bytes: Uint8Array; readonly head: Head }

/** Reads the file that --resume names, which must be of this kernel and scenario. */
export function readCheckpoint(file: string, { kernel, topology }: Subject): Kept {
  try {
    const bytes = readFileSync(file);
    return blamingFile(file, () => {
      const head = headOf<Head>(bytes);
      const other = otherThan(subjectOf(kernel.kernel, topology, kernel.fingerprint), head.is);
      if (other !== undefined) throw new CheckpointError(other);
      return { file, bytes, head };
    });
  } catch (error) {
    throw isSystemError(error) ? new UsageError(`checkpoint ${file}: ${systemProblem(error)}`) : error;
  }
}

/** Does something with the content of a file; what is wrong with it is said of the file. */
export function blamingFile<T>(file: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof CheckpointError ? new UsageError(`${file}: ${error.message}`) : error;
  }
}

/** The file that --checkpoint names. It is replaced as a whole, so that an old one stays until the new one is there. */
export class CheckpointFile {
  readonly file: string;
  /** It holds what this search has come to. */
  written = false;

  constructor(file: string) {
    this.file = file;
  }

  write(bytes: Uint8Array): void {
    const next = `${this.file}.part`;
    try {
      writeFileSync(next, bytes);
      renameSync(next, this.file);
      this.written = true;
    } catch (error) {
      rmSync(next, { force: true });
      throw isSystemError(error) ? new UsageError(`cannot write ${this.file}: ${systemProblem(error)}`) : error;
    }
  }

  /** The search has come to its end: there is nothing to go on with. */
  remove(): void {
    if (this.written) rmSync(this.file, { force: true });
    this.written = false;
  }
}
