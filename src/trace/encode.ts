// Writing a trace, part by part: bytes only, so that it works in a page as well.

import { RECORD, type TraceBatch } from './batch.ts';
import { chunk, KIND, littleEndian, MAGIC } from './chunk.ts';
import { crc32 } from './crc32.ts';
import { FORMAT, type TraceFooter, type TraceHeader } from './header.ts';

// Made when it is used: where there is none, the rest of a bundle still loads.
const encoded = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The first two lines of the file. */
export function encodeHeader(header: Omit<TraceHeader, 'format'>): Uint8Array {
  const json = encoded(JSON.stringify({ format: FORMAT, ...header }));
  const line = encoded(`${MAGIC} ${FORMAT} ${json.length} ${crc32(json).toString(16).padStart(8, '0')}\n`);
  return joined([line, json, encoded('\n')]);
}

/** A chunk of steps. */
export function encodeBatch(batch: TraceBatch): Uint8Array {
  const records = littleEndian(batch.records.subarray(0, batch.count * RECORD.WORDS));
  const { first, count, tickets, injections } = batch;
  const content = tickets === undefined ? [records] : [records, littleEndian(tickets.counts), littleEndian(tickets.pairs)];
  if (injections === undefined) return chunk(tickets === undefined ? KIND.STEPS : KIND.STEPS_WITH_TICKETS, first, count, joined(content));
  return chunk(tickets === undefined ? KIND.STEPS_WITH_INJECTIONS : KIND.STEPS_WITH_TICKETS_AND_INJECTIONS, first, count, joined([...content, encoded(JSON.stringify(injections))]));
}

/** The last chunk. */
export function encodeFooter(footer: TraceFooter): Uint8Array {
  return chunk(KIND.FOOTER, footer.steps + 1, 0, encoded(JSON.stringify(footer)));
}

/** Parts of a file, one behind the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
