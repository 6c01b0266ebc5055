// Reads recordings and their side files from disk, compressed or not.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readMachine, type Machine } from './config.ts';
import { RecordingError } from './errors.ts';
import { machineNamed, machineNameOf, MACHINES } from './machines.ts';
import { readEntries, type Entries } from './read.ts';
import type { Kernel } from '../kernel/define.ts';

/** Bytes that a file of recordings may have, unpacked. */
const MOST_BYTES = 256 << 20;
/** First two bytes of what gzip has packed. */
const GZIP = [0x1f, 0x8b];

/** The entries of a file. Throws RecordingError, or the system's error where there is no such file. */
export const loadEntries = (path: string): Entries => readEntries(textOfFile(path), path);

/** The text of a file, unpacked where it is compressed. Throws as loadEntries does. */
export function textOfFile(path: string): string {
  if (statSync(path).size > MOST_BYTES) throw new RecordingError({ file: path, line: 1 }, '', `is larger than ${MOST_BYTES} bytes`);
  return unpacked(readFileSync(path), path);
}

/** The text of a file, compressed or not. Throws RecordingError, or the system's error where there is no such file. */
export const loadText = (path: string): string => unpacked(readFileSync(path), path);

function unpacked(bytes: Buffer, path: string): string {
  if (bytes[0] !== GZIP[0] || bytes[1] !== GZIP[1]) return bytes.toString('utf8');
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES }).toString('utf8');
  } catch (error) {
    throw new RecordingError({ file: path, line: 1 }, '', `cannot be unpacked: ${(error as Error).message}`);
  }
}

/** The side file that belongs to a recording: `x.config.json` beside `x.jsonl`, `x.jsonl.gz` or `x.json`. */
export const sideFileOf = (path: string): string => join(dirname(path), `${basename(path).replace(/\.gz$/, '').replace(/\.jsonl?$/, '')}.config.json`);

/** The machine of the recording at `path` as a side file says, that at `given` or the one beside it; nothing without one. */
export function sideMachine(path: string, given?: string): { readonly name: string; readonly machine: Machine } | undefined {
  const file = given ?? sideFileOf(path);
  if (given === undefined && !existsSync(file)) return undefined;
  return { name: file, machine: readMachine(readFileSync(file, 'utf8'), file) };
}

/** The machine of a recording when none is named: what the side file says, or that of the kernel. Facts are of kernels, not of a machine. */
export function usualMachine(path: string, kernel: Kernel, form: Entries['form']): { readonly name: string | undefined; readonly machine: Machine } {
  const beside = sideMachine(path);
  if (beside !== undefined) return beside;
  const name = form === 'facts' ? undefined : machineNameOf(kernel.name) ?? machineNameOf(kernel.base ?? '');
  return { name, machine: machineNamed(name)! };
}

/** Names of the machines that are known. */
export const machineNames = (): string[] => Object.keys(MACHINES);
