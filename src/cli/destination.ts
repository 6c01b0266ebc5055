// Files and folders that a person names for what a command writes: what cannot be is said before anything is done.

import { accessSync, closeSync, constants, mkdirSync, openSync, realpathSync, rmSync, statSync, type Stats } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isSystemError, systemProblem, UsageError } from './errors.ts';

/** What stands for standard output where a file is named. */
export const STANDARD_OUTPUT = '-';

function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // A part of its path is a file: there is no such thing either.
    if (isSystemError(error) && error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Makes a folder, and those that it lies in. Node's own way of that goes on for ever where a folder takes no other, as in /proc. */
export function makeFolders(path: string): void {
  if (statusOf(path)?.isDirectory() === true) return;
  if (dirname(path) !== path) makeFolders(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Somebody else has just made it.
    if (statusOf(path)?.isDirectory() !== true) throw error;
  }
}

/** A pipe, a terminal, /dev/null: it takes what is written, and nothing may be put into its place. */
export function isDevice(path: string): boolean {
  const there = statusOf(path);
  return there !== undefined && !there.isFile() && !there.isDirectory();
}

/** Complains if the file that `option` names cannot be written, or is there already. */
export function mayWrite(option: string, file: string, force: boolean): void {
  if (file === '') throw new UsageError(`${option} takes the name of a file; it was given an empty one`);
  if (file === STANDARD_OUTPUT) throw new UsageError(`${option} takes the name of a file, since standard output has what the command says; a file that is called - is ./-`);
  const there = statusOf(file);
  if (there?.isDirectory() === true) throw new UsageError(`${file} is a folder; name a file in it: ${join(file, option === '--trace' ? 'my.trace' : 'my-export')}`);
  if (statusOf(dirname(file)) === undefined) throw new UsageError(`cannot write ${file}: there is no such file or folder`);
  if (isDevice(file)) return;
  if (!force && there !== undefined) throw new UsageError(`${file} exists already; choose another name, or overwrite it with --force`);
  trying(file, () => {
    closeSync(openSync(file, there === undefined ? 'wx' : 'r+'));
    if (there === undefined) rmSync(file);
  });
}

/** The same of a file that a new one takes the place of, again and again: a device cannot be that. */
export function mayReplace(option: string, file: string, force: boolean): void {
  mayWrite(option, file, force);
  if (isDevice(file)) throw new UsageError(`${option}: ${file} is no file, and cannot be read again; name one`);
}

/** Complains if files cannot be written into the folder that `option` names, which may not be there yet. */
export function mayFill(option: string, folder: string): void {
  if (folder === '' || folder === STANDARD_OUTPUT) throw new UsageError(`${option} takes the name of a folder${folder === '' ? '; it was given an empty one' : ', and standard output is none; a folder that is called - is ./-'}`);
  let existing = resolve(folder);
  while (statusOf(existing) === undefined && dirname(existing) !== existing) existing = dirname(existing);
  if (statusOf(existing)?.isDirectory() !== true) throw new UsageError(`cannot write into ${folder}: ${existing === resolve(folder) ? 'it is a file' : 'a part of its path is not a folder'}; name a folder`);
  trying(folder, () => accessSync(existing, constants.W_OK | constants.X_OK));
}

/** Where a file is made that gets the name `path` when it is whole, and what it is renamed to; a device is written as it is. */
export function wholeFile(path: string): { readonly made: string; readonly becomes: string | undefined; readonly parts: string } {
  if (isDevice(path)) return { made: path, becomes: undefined, parts: join(tmpdir(), `faultline-export-${process.pid}.tmp`) };
  // A link stays one: its file is replaced.
  const becomes = statusOf(path) === undefined ? path : realpathSync(path);
  return { made: `${becomes}.${process.pid}.tmp`, becomes, parts: `${becomes}.${process.pid}.parts.tmp` };
}

function trying(path: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    throw isSystemError(error) ? new UsageError(`cannot write ${path}: ${systemProblem(error)}`) : error;
  }
}
