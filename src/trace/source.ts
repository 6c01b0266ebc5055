// A trace as its readers see it: the header, and the steps as often as they are wanted, never all at once in memory.

import type { TraceBatch } from './batch.ts';
import type { TracePart } from './decode.ts';
import { decodeTrace } from './decode.ts';
import { TraceError } from './errors.ts';
import type { TraceFooter, TraceHeader } from './header.ts';

export interface TraceSource {
  /** What messages call it: a file name. */
  readonly name: string;
  readonly header: TraceHeader;
  /** The steps from the first one on; returns the footer. Throws a TraceError behind the last whole chunk of a broken trace. */
  batches(): Generator<TraceBatch, TraceFooter>;
}

/** A source over anything that gives the parts of a trace anew at each call. */
export function traceSource(name: string, parts: () => Iterable<TracePart>): TraceSource {
  const named = <T>(run: () => T): T => {
    try {
      return run();
    } catch (error) {
      throw error instanceof TraceError ? error.of(name) : error;
    }
  };
  const header = named(() => {
    for (const part of parts()) if (part.kind === 'header') return part.header;
    throw new TraceError('truncated', 'ends within its header');
  });
  return {
    name,
    header,
    *batches() {
      const iterator = parts()[Symbol.iterator]();
      try {
        for (;;) {
          const one = named(() => iterator.next());
          if (one.done === true) throw new TraceError('truncated', 'ends without a footer').of(name);
          if (one.value.kind === 'steps') yield one.value.batch;
          if (one.value.kind === 'footer') {
            const { footer } = one.value;
            // What stands behind the footer is wrong too.
            named(() => iterator.next());
            return footer;
          }
        }
      } finally {
        iterator.return?.();
      }
    },
  };
}

/** A trace that is in memory. */
export const traceInMemory = (name: string, bytes: Uint8Array): TraceSource => traceSource(name, () => decodeTrace(bytes));
