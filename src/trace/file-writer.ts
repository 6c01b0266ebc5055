// A trace file that grows with the run: what was written stays readable whatever happens to the process afterwards.

import { closeSync, openSync, writeSync } from 'node:fs';
import type { TraceBatch } from './batch.ts';
import { encodeBatch, encodeFooter, encodeHeader } from './encode.ts';
import type { TraceFooter, TraceHeader } from './header.ts';

export class TraceFileWriter {
  readonly path: string;
  private readonly file: number;

  /** Creates the file; one that exists is an error (EEXIST) unless `overwrite`. */
  constructor(path: string, header: Omit<TraceHeader, 'format'>, overwrite: boolean) {
    this.path = path;
    this.file = openSync(path, overwrite ? 'w' : 'wx');
    this.write(encodeHeader(header));
  }

  /** Writes the steps at once: they are the file's when this returns. */
  batch(batch: TraceBatch): void {
    this.write(encodeBatch(batch));
  }

  /** The run is over. */
  finish(footer: TraceFooter): void {
    this.write(encodeFooter(footer));
    this.close();
  }

  /** Closes the file as it is: without a footer a reader will say that the run was cut off. */
  close(): void {
    closeSync(this.file);
  }

  private write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) done += writeSync(this.file, bytes, done);
  }
}
