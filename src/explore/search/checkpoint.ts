// A search as bytes: a head in JSON, and lists of whole numbers. What a file of it means depends on kernel, scenario and options, which
// the head names, so that a search is not gone on with as another one.

import { mix } from '../../memory/hash.ts';

/** The bytes are no checkpoint, or one of another search. */
export class CheckpointError extends Error {
  override name = 'CheckpointError';
}

export interface Checkpoint<Head> {
  readonly head: Head;
  readonly lists: Readonly<Record<string, Int32Array>>;
}

const MAGIC = 0x464c4350;
const FORMAT = 2;
const DAMAGED = 'the checkpoint is damaged: its checksum is not that of its content';

/** Words in front of the head: magic, format, bytes of the head, checksum of all that follows. */
const FRONT = 4;

/** Writes a checkpoint: four words, the head, then the lists, four bytes a number. */
export function packCheckpoint<Head>({ head, lists }: Checkpoint<Head>): Uint8Array {
  const names = Object.entries(lists).map(([name, list]) => [name, list.length] as const);
  const text = new TextEncoder().encode(JSON.stringify({ head, names }));
  const first = FRONT + Math.ceil(text.length / 4);
  const words = new Int32Array(first + names.reduce((sum, [, length]) => sum + length, 0));
  const bytes = new Uint8Array(words.buffer);
  bytes.set(text, FRONT * 4);
  let at = first;
  for (const [name, length] of names) {
    words.set(lists[name]!, at);
    at += length;
  }
  words.set([MAGIC, FORMAT, text.length, checksum(words)]);
  return bytes;
}

function checksum(words: Int32Array): number {
  let sum = words.length;
  for (let at = FRONT; at < words.length; at++) sum = mix(sum ^ words[at]!);
  return sum;
}

/** Head of a checkpoint, and where its lists lie; a CheckpointError when it is none. */
function read<Head>(bytes: Uint8Array): { readonly words: Int32Array; readonly head: Head; readonly names: readonly (readonly [string, number])[]; readonly first: number } {
  const none = (): never => { throw new CheckpointError('there is no checkpoint of a search in it; give what one was saved as'); };
  const whole = bytes.length - (bytes.length % 4);
  const words = bytes.byteOffset % 4 === 0 ? new Int32Array(bytes.buffer, bytes.byteOffset, whole / 4) : new Int32Array(bytes.slice(0, whole).buffer);
  if (words.length < FRONT || words[0] !== MAGIC) none();
  if (words[1] !== FORMAT) throw new CheckpointError(`the checkpoint has format ${words[1]}, this version reads ${FORMAT}; begin the search anew`);
  const length = words[2]!;
  const early = (): never => { throw new CheckpointError('the checkpoint ends too early; it was not written to its end'); };
  if (length < 0 || FRONT * 4 + length > bytes.length) early();
  try {
    const { head, names } = JSON.parse(new TextDecoder().decode(bytes.subarray(FRONT * 4, FRONT * 4 + length))) as { head: Head; names: (readonly [string, number])[] };
    const first = FRONT + Math.ceil(length / 4);
    if ((first + names.reduce((sum, [, count]) => sum + count, 0)) * 4 !== bytes.length) early();
    return { words, head, names, first };
  } catch (error) {
    throw error instanceof SyntaxError ? new CheckpointError(DAMAGED) : error;
  }
}

/** The head of a checkpoint alone. */
export const headOf = <Head>(bytes: Uint8Array): Head => read<Head>(bytes).head;

/** Reads a checkpoint; a CheckpointError when it is none. The lists are views of its bytes. */
export function unpackCheckpoint<Head>(bytes: Uint8Array): Checkpoint<Head> {
  const { words, head, names, first } = read<Head>(bytes);
  if (checksum(words) !== words[3]) throw new CheckpointError(DAMAGED);
  let at = first;
  const lists: Record<string, Int32Array> = {};
  for (const [name, length] of names) {
    lists[name] = words.subarray(at, at + length);
    at += length;
  }
  return { head, lists };
}

/** Lists of different lengths as one: each with its length in front. */
export function joined(lists: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(lists.reduce((sum, list) => sum + 1 + list.length, 0));
  let at = 0;
  for (const list of lists) {
    all[at] = list.length;
    all.set(list, at + 1);
    at += 1 + list.length;
  }
  return all;
}

/** The lists again. */
export function parted(all: Int32Array): Int32Array<ArrayBuffer>[] {
  const lists: Int32Array<ArrayBuffer>[] = [];
  for (let at = 0; at < all.length; at += 1 + all[at]!) lists.push(all.slice(at + 1, at + 1 + all[at]!) as Int32Array<ArrayBuffer>);
  return lists;
}
