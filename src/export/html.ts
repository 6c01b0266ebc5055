// The page of `faultline inspect` with the trace in it, in one file that needs nothing else: it opens from a disk or a mail, and executes the
// run itself. The trace stands in it as text of the alphabet of base64, which nothing in it can leave.

import { outcome } from '../memory/outcome.ts';
import type { StepEvent } from '../runtime/events.ts';
import { NO_CHOICE, OUTSIDE_ACTOR, RECORD } from '../trace/batch.ts';
import { encodeBatch, encodeFooter, encodeHeader } from '../trace/encode.ts';
import type { TraceHeader } from '../trace/header.ts';
import { outcomesToTrace } from '../trace/outcomes.ts';
import type { Injection } from '../memory/injection.ts';
import type { Exporter, ExportRun, ExportWriter } from './exporter.ts';

/** Steps of a chunk. */
const BATCH = 1 << 12;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 of bytes that come in pieces. */
class Base64 {
  private rest: number[] = [];

  add(bytes: Uint8Array): string {
    let text = '';
    const pieces: string[] = [];
    for (const byte of bytes) {
      this.rest.push(byte);
      if (this.rest.length < 3) continue;
      text += this.group();
      if (text.length > 1 << 15) {
        pieces.push(text);
        text = '';
      }
    }
    return pieces.join('') + text;
  }

  end(): string {
    const missing = (3 - this.rest.length) % 3;
    if (this.rest.length === 0) return '';
    while (this.rest.length < 3) this.rest.push(0);
    return `${this.group().slice(0, 4 - missing)}${'='.repeat(missing)}`;
  }

  private group(): string {
    const [a, b, c] = this.rest as [number, number, number];
    this.rest = [];
    return ALPHABET[a >> 2]! + ALPHABET[((a & 3) << 4) | (b >> 4)]! + ALPHABET[((b & 15) << 2) | (c >> 6)]! + ALPHABET[c & 63]!;
  }
}

/** The records of steps again. */
class Records {
  private readonly records = new Uint16Array(BATCH * RECORD.WORDS);
  private injections: Injection[] = [];
  private count = 0;
  private next = 1;
  private readonly actors: ReadonlyMap<string, number>;
  private readonly leaves: ReadonlyMap<string, number>;
  private readonly outcomes: Int32Array;

  constructor({ kernel, topology }: ExportRun) {
    this.actors = new Map(topology.actors.map(({ name }, i) => [name, i + 1]));
    this.leaves = new Map(kernel.table.leaves.map(({ machine, path, number }) => [`${machine} ${path}`, number]));
    this.outcomes = outcomesToTrace(kernel.table);
  }

  /** Adds a step; answers the bytes of a chunk when one is full. */
  add({ actor, machine, state, outcome: name, choice, injection }: StepEvent): Uint8Array | undefined {
    const at = this.count++ * RECORD.WORDS;
    this.records.set(injection !== undefined ? [OUTSIDE_ACTOR, injection.actor, 0, NO_CHOICE]
      : [this.actors.get(actor)!, this.leaves.get(`${machine} ${state}`)!, this.outcomes[outcome(name)]!, choice ?? NO_CHOICE], at);
    if (injection !== undefined) this.injections.push(injection);
    return this.count === BATCH ? this.flush() : undefined;
  }

  /** What is left. */
  flush(): Uint8Array | undefined {
    const { count, injections } = this;
    if (count === 0) return undefined;
    const bytes = encodeBatch({ first: this.next, count, records: this.records, ...(injections.length > 0 ? { injections } : {}) });
    this.next += count;
    this.count = 0;
    this.injections = [];
    return bytes;
  }
}

function writer(header: TraceHeader, run: ExportRun): ExportWriter {
  if (run.page === undefined) throw new Error('the page is not there');
  const { head, tail } = run.page(header);
  const text = new Base64();
  const records = new Records(run);
  return {
    header: () => head + text.add(encodeHeader(header)),
    step(event) {
      const bytes = records.add(event);
      return bytes === undefined ? '' : text.add(bytes);
    },
    end(footer) {
      const rest = records.flush();
      return (rest === undefined ? '' : text.add(rest)) + (footer === undefined ? '' : text.add(encodeFooter(footer))) + text.end() + tail;
    },
  };
}

export const html: Exporter = {
  name: 'html',
  extension: '.html',
  description: 'the page of faultline inspect with the run in it, as one file: opens in a browser, from a disk or a mail',
  fromStart: true,
  unreadable: true,
  open(header, _actors, run) {
    if (run === undefined) throw new Error('the page needs the run itself');
    return writer(header, run);
  },
};
