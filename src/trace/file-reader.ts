// Reading trace files, a piece at a time.

import { closeSync, openSync, readSync } from 'node:fs';
import { TraceDecoder, type TracePart } from './decode.ts';
import { traceSource, type TraceSource } from './source.ts';

const PIECE = 1 << 18;

/** A source over a file. Throws what node:fs throws when it cannot be read, a TraceError when it is no trace. */
export const openTraceFile = (path: string): TraceSource => traceSource(path, () => partsOf(path));

function* partsOf(path: string): Generator<TracePart> {
  const file = openSync(path, 'r');
  try {
    const decoder = new TraceDecoder();
    const piece = new Uint8Array(PIECE);
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) {
      decoder.push(piece.subarray(0, read));
      for (let part = decoder.next(); part !== undefined; part = decoder.next()) yield part;
    }
    decoder.end();
  } finally {
    closeSync(file);
  }
}
