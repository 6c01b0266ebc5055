// Where an export goes: standard output, a file, a folder. A file or folder has its name only when it is whole.

import { closeSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Piece } from '../export/exporter.ts';
import { STANDARD_OUTPUT, wholeFile } from './destination.ts';
import { isSystemError, systemProblem, UsageError } from './errors.ts';
import { PartFiles, writeFully } from './export-parts.ts';
import { outputClosed, write, writeAsIs } from './output.ts';

/** Bytes of text that are encoded at a time without making room for them. */
const ROOM = 1 << 20;

export interface Sink {
  readonly parts: PartFiles;
  write(piece: Piece): Promise<void>;
  /** Whether nobody takes any more. */
  closed(): boolean;
  /** All is written: it gets its name. */
  finish(): void;
  /** Leaves nothing behind. */
  discard(): void;
}

/** Other programs get every byte; a terminal gets what is harmless. Formats of bytes go to no terminal. */
export function standardOutput(): Sink {
  const parts = new PartFiles(join(tmpdir(), `faultline-export-${process.pid}.tmp`));
  return {
    parts,
    write(piece) {
      if (process.stdout.isTTY) return write(typeof piece === 'string' ? piece : Buffer.from(piece).toString());
      return writeAsIs(typeof piece === 'string' ? piece : Uint8Array.from(piece));
    },
    closed: outputClosed, finish: () => parts.remove(), discard: () => parts.remove(),
  };
}

/** The file appears when it is whole: a broken trace leaves nothing behind. A pipe or another device gets it as it comes. */
export function fileSink(path: string): Sink {
  const { made, becomes, parts: folder } = wholeFile(path);
  const parts = new PartFiles(folder);
  const file = writing(path, () => openSync(made, becomes === undefined ? 'w' : 'wx'));
  const room = Buffer.allocUnsafe(ROOM);
  return {
    parts,
    async write(piece) {
      if (typeof piece !== 'string') writeFully(file, piece);
      // A character has three bytes at most.
      else if (piece.length * 3 <= room.length) writeFully(file, room.subarray(0, room.write(piece)));
      else writeFully(file, Buffer.from(piece));
    },
    closed: () => false,
    finish() {
      closeSync(file);
      parts.remove();
      if (becomes !== undefined) renameSync(made, becomes);
    },
    discard() {
      try {
        closeSync(file);
      } catch { /* closed already */ }
      parts.remove();
      if (becomes !== undefined) rmSync(made, { force: true });
    },
  };
}

/** The same for a folder, whose files are the parts. One that is there gives way. */
export function folderSink(path: string): Sink {
  const parts = new PartFiles(`${path}.${process.pid}.tmp`);
  writing(path, () => parts.make());
  return {
    parts,
    async write(piece) {
      if (piece.length > 0) throw new Error('an export to a folder has written beside its parts');
    },
    closed: () => false,
    finish() {
      parts.close();
      const old = `${path}.${process.pid}.old.tmp`;
      const there = statSync(path, { throwIfNoEntry: false }) !== undefined;
      if (there) renameSync(path, old);
      renameSync(parts.folder, path);
      if (there) rmSync(old, { recursive: true });
    },
    discard: () => parts.remove(),
  };
}

/** Complains before anything is done if the folder cannot be made, or is there already. With `force` only what an export has made gives way. */
export function mayMakeFolder(option: string, path: string, force: boolean): void {
  if (path === '') throw new UsageError(`${option} takes the name of a folder; it was given an empty one`);
  if (path === STANDARD_OUTPUT) throw new UsageError(`this format makes a folder, which cannot go to standard output; a folder that is called - is ./-`);
  if (statSync(dirname(path), { throwIfNoEntry: false }) === undefined) throw new UsageError(`cannot write ${path}: there is no such file or folder`);
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (!there.isDirectory()) throw new UsageError(`${path} is a file, and this format makes a folder; choose another name`);
  if (!force) throw new UsageError(`${path} exists already; choose another name, or overwrite it with --force`);
  const foreign = readdirSync(path).find((name) => name !== 'metadata' && !/^stream_\d+$/.test(name));
  if (foreign !== undefined) throw new UsageError(`${path} holds '${foreign}', which no export has made, so that --force does not overwrite it; choose another name`);
}

function writing<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw isSystemError(error) ? new UsageError(`cannot write ${path}: ${systemProblem(error)}`) : error;
  }
}
