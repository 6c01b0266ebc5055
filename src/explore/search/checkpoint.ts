// A search as bytes: a head in JSON, and lists of whole numbers. What a file of it means depends on kernel, scenario and options, which
// the head names, so that a search is not gone on with as another one.

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

/** Writes a checkpoint: magic, format, length of the head, the head, then the lists, four bytes a number. */
export function packCheckpoint<Head>({ head, lists }: Checkpoint<Head>): Uint8Array {
  const names = Object.entries(lists).map(([name, list]) => [name, list.length] as const);
  const text = new TextEncoder().encode(JSON.stringify({ head, names }));
  const first = 3 + Math.ceil(text.length / 4);
  const words = new Int32Array(first + names.reduce((sum, [, length]) => sum + length, 0));
  words.set([MAGIC, FORMAT, text.length]);
  const bytes = new Uint8Array(words.buffer);
  bytes.set(text, 12);
  let at = first;
  for (const [name, length] of names) {
    words.set(lists[name]!, at);
    at += length;
  }
  return bytes;
}

/** Reads a checkpoint; a CheckpointError when it is none. */
export function unpackCheckpoint<Head>(bytes: Uint8Array): Checkpoint<Head> {
  if (bytes.length < 12 || bytes.length % 4 !== 0) throw new CheckpointError('these bytes are no checkpoint of a search; give those that save() gave');
  const words = new Int32Array(bytes.slice().buffer);
  if (words[0] !== MAGIC) throw new CheckpointError('these bytes are no checkpoint of a search; give those that save() gave');
  if (words[1] !== FORMAT) throw new CheckpointError(`the checkpoint has format ${words[1]}, this version reads ${FORMAT}; begin the search anew`);
  const { head, names } = JSON.parse(new TextDecoder().decode(bytes.slice(12, 12 + words[2]!))) as { head: Head; names: (readonly [string, number])[] };
  let at = 3 + Math.ceil(words[2]! / 4);
  const lists: Record<string, Int32Array> = {};
  for (const [name, length] of names) {
    if (at + length > words.length) throw new CheckpointError('the checkpoint ends too early; it was not written to its end');
    lists[name] = words.slice(at, at + length);
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
