// Parts of an export as files of a folder. There may be more parts than files that a process may have open.

import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Parts } from '../export/exporter.ts';

/** Files that are open at a time. */
const MOST_OPEN = 64;
/** Bytes that are read at a time. */
const CHUNK = 1 << 18;

/** Writes all bytes to an open file. */
export function writeFully(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

/** A folder that appears with the first part, or with `make`. Throws errors of the system. */
export class PartFiles implements Parts {
  readonly folder: string;
  private made = false;
  /** Open files by part, the one that was opened first in front. */
  private readonly files = new Map<string, number>();

  constructor(folder: string) {
    this.folder = folder;
  }

  make(): void {
    if (!this.made) mkdirSync(this.folder);
    this.made = true;
  }

  append(part: string, bytes: Uint8Array): void {
    writeFully(this.files.get(part) ?? this.open(part), bytes);
  }

  /** The bytes of a part, a chunk at a time, each of which holds until the next. */
  *read(part: string): Generator<Uint8Array> {
    this.close();
    const file = openSync(join(this.folder, part), 'r');
    try {
      const chunk = new Uint8Array(CHUNK);
      for (let count = readSync(file, chunk); count > 0; count = readSync(file, chunk)) yield chunk.subarray(0, count);
    } finally {
      closeSync(file);
    }
  }

  close(): void {
    for (const file of this.files.values()) closeSync(file);
    this.files.clear();
  }

  /** Takes the folder away, whatever is in it. */
  remove(): void {
    this.close();
    if (this.made) rmSync(this.folder, { recursive: true, force: true });
    this.made = false;
  }

  private open(part: string): number {
    this.make();
    if (this.files.size === MOST_OPEN) {
      const [oldest, file] = this.files.entries().next().value!;
      closeSync(file);
      this.files.delete(oldest);
    }
    const file = openSync(join(this.folder, part), 'a');
    this.files.set(part, file);
    return file;
  }
}
