// The file format: what was written comes back, and nothing else is ever taken for it.

import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { TraceBatch } from '../../src/trace/batch.ts';
import { decodeTrace, TraceDecoder, type TracePart } from '../../src/trace/decode.ts';
import { encodeBatch, encodeFooter, encodeHeader } from '../../src/trace/encode.ts';
import type { Injection } from '../../src/runtime/injection.ts';
import { crc32 } from '../../src/trace/crc32.ts';
import { TraceError } from '../../src/trace/errors.ts';
import { ENDS, FORMAT, type TraceFooter, type TraceHeader } from '../../src/trace/header.ts';
import { bytesOf, record, type Recorded } from '../support/recorded.ts';

const key = fc.string().filter((one) => one !== '__proto__');
/** Names that no object read from a file may have: the schema library drops them. */
const RESERVED = ['__proto__', 'prototype', 'constructor'];
const scenario = fc.dictionary(key.filter((name) => !RESERVED.includes(name)), fc.jsonValue()).map((one) => JSON.parse(JSON.stringify(one)) as Record<string, unknown>);
const header: fc.Arbitrary<TraceHeader> = fc.record({
  format: fc.constant(FORMAT), faultline: fc.string(), runtime: fc.string(), kernel: fc.string(), scenario: scenario,
  seed: fc.nat(), fingerprint: fc.string(), leaves: fc.nat(), outcomes: fc.array(fc.string()), start: fc.string(),
  kernelText: fc.option(fc.record({ file: fc.string(), text: fc.string() }), { nil: undefined }),
}).map(({ kernelText, ...rest }) => ({ ...rest, ...(kernelText ? { kernelText } : {}) }));

const word = fc.nat(0xffff);
const long = fc.nat(0xffff_ffff);
const int = fc.integer();
const injection: fc.Arbitrary<Injection> = fc.record({
  actor: fc.integer({ min: 1, max: 0xffff }), type: fc.integer({ min: 1, max: 9 }), payload: fc.array(int, { maxLength: 4 }),
  code: fc.option(fc.record({ at: fc.nat(), words: fc.array(int, { maxLength: 50 }) }), { nil: undefined }),
}).map(({ code, ...rest }) => ({ ...rest, ...(code ? { code } : {}) }));
/** A step of an actor, or an injection. */
const step = fc.oneof(fc.tuple(fc.integer({ min: 1, max: 0xffff }), word, word, word, fc.constant(undefined)), injection.map((one) => [0, one.actor, 0, 0xffff, one] as const));
const content = fc.array(fc.tuple(step, fc.array(fc.tuple(long, long), { maxLength: 3 })), { minLength: 1, maxLength: 5 });
const batches = fc.array(fc.tuple(content, fc.boolean()), { maxLength: 4 }).map((list) => {
  let first = 1;
  return list.map(([steps, ticketed]): TraceBatch => {
    const injections = steps.flatMap(([[, , , , one]]) => (one === undefined ? [] : [one]));
    const batch = {
      first, count: steps.length, records: Uint16Array.from(steps.flatMap(([[a, b, c, d]]) => [a, b, c, d])),
      ...(ticketed ? { tickets: { counts: Uint16Array.from(steps.map((one) => one[1].length)), pairs: Uint32Array.from(steps.flatMap((one) => one[1].flat())) } } : {}),
      ...(injections.length > 0 ? { injections } : {}),
    };
    first += steps.length;
    return batch;
  });
});
const footerOf = (list: readonly TraceBatch[], why: TraceFooter['why']): TraceFooter => ({
  why, hash: 'h', steps: list.reduce((sum, one) => sum + one.count, 0), ...(why === 'violation' ? { violation: { id: 'S-01', sentence: 'is broken' } } : {}),
});

describe('round trip', () => {
  test('header, batches with and without tickets and injections, and footer come back as they were, in whatever pieces the bytes come', () => {
    fc.assert(fc.property(header, batches, fc.constantFrom(...ENDS), fc.integer({ min: 1, max: 200 }), (head, list, why, piece) => {
      const footer = footerOf(list, why);
      const bytes = bytesOf({ header: head, batches: list, footer });
      const decoder = new TraceDecoder();
      const parts: TracePart[] = [];
      for (let at = 0; at < bytes.length; at += piece) {
        decoder.push(bytes.subarray(at, at + piece));
        for (let part = decoder.next(); part !== undefined; part = decoder.next()) parts.push(part);
      }
      decoder.end();
      expect(parts).toEqual([{ kind: 'header', header: head }, ...list.map((batch) => ({ kind: 'steps', batch })), { kind: 'footer', footer }]);
    }), { numRuns: 60 });
  });
});

/** What can be read, and the error behind it. */
function read(bytes: Uint8Array): { parts: TracePart[]; error?: TraceError } {
  const parts: TracePart[] = [];
  try {
    for (const part of decodeTrace(bytes)) parts.push(part);
    return { parts };
  } catch (error) {
    expect(error).toBeInstanceOf(TraceError);
    return { parts, error: error as TraceError };
  }
}

describe('a trace that is not whole', () => {
  let recorded: Recorded;
  let bytes: Uint8Array;
  let parts: TracePart[];
  /** Two chunks of steps, so that there is a prefix to keep. */
  beforeAll(async () => {
    recorded = await record();
    const { records, count } = recorded.batches[0]!;
    const half = count >> 1;
    const split: TraceBatch[] = [{ first: 1, count: half, records: records.slice(0, half * 4) }, { first: half + 1, count: count - half, records: records.slice(half * 4) }];
    bytes = bytesOf({ ...recorded, batches: split });
    ({ parts } = read(bytes));
    expect(parts.map(({ kind }) => kind)).toEqual(['header', 'steps', 'steps', 'footer']);
  });

  test('cut at any byte gives its whole chunks, then says that it was cut', () => {
    const ends = [bytes.indexOf(10, bytes.indexOf(10) + 1) + 1];
    for (const part of parts) if (part.kind === 'steps') ends.push(ends.at(-1)! + encodeBatch(part.batch).length);
    for (let cut = 0; cut < bytes.length; cut++) {
      const { parts: got, error } = read(bytes.subarray(0, cut));
      const whole = ends.filter((end) => end <= cut).length;
      expect(got, `cut at ${cut}`).toEqual(parts.slice(0, whole));
      expect(error?.problem, `cut at ${cut}`).toBe('truncated');
      if (cut === 0) expect(error?.message).toMatch(/^is empty/);
      else if (whole === 0) expect(error?.message).toMatch(/^ends within its header/);
      else if (ends.includes(cut)) expect(error?.message).toMatch(/without a footer/);
      else expect(error?.message).toMatch(new RegExp(`within the chunk at byte ${ends[whole - 1]}`));
    }
  });

  test('says which steps are whole', () => {
    const { error } = read(bytes.subarray(0, bytes.length - 1));
    expect(error?.message).toContain(`steps 1 to ${recorded.footer.steps} are whole`);
  });

  test('with any byte changed is never taken for whole, and what was read before is right', () => {
    for (let at = 0; at < bytes.length; at++) {
      for (const flip of [1, 0x80]) {
        const edited = bytes.slice();
        edited[at]! ^= flip;
        const { parts: got, error } = read(edited);
        expect(error, `byte ${at}`).toBeDefined();
        expect(got, `byte ${at}`).toEqual(parts.slice(0, got.length));
      }
    }
  });

  test('edited within a chunk names the chunk by byte and steps', () => {
    const edited = bytes.slice();
    const at = bytes.indexOf(10, bytes.indexOf(10) + 1) + 1;
    edited[at + 40]! ^= 4;
    expect(read(edited).error?.message).toMatch(new RegExp(`^was changed after it was written: the chunk of steps 1 to \\d+ at byte ${at} does not match its checksum`));
  });

  test('with bytes behind its end says where they begin', () => {
    expect(read(Buffer.concat([bytes, Buffer.from('x')])).error?.message).toContain(`behind its last chunk at byte ${bytes.length}`);
  });

  test('with a chunk taken out is refused', () => {
    const second = parts[2] as Extract<TracePart, { kind: 'steps' }>;
    const without = Buffer.concat([encodeHeader(recorded.header), encodeBatch(second.batch), encodeFooter(recorded.footer)]);
    expect(read(without).error?.message).toMatch(/chunks were taken out or put in/);
  });

  test('whose footer counts other steps than there are is refused', () => {
    expect(read(bytesOf({ ...recorded, batches: [] , footer: { ...recorded.footer, steps: 3 } })).error?.problem).toBe('malformed');
  });
});

/** The same file as format 1 wrote it: only the first line and the header name the format. */
function asFormat1(bytes: Uint8Array): Uint8Array {
  const [line, json] = new TextDecoder('latin1').decode(bytes).split('\n') as [string, string];
  const old = new TextEncoder().encode(JSON.stringify({ ...JSON.parse(new TextDecoder().decode(bytes.subarray(line.length + 1, line.length + 1 + json.length))) as object, format: 1 }));
  const head = `faultline-trace 1 ${old.length} ${crc32(old).toString(16).padStart(8, '0')}\n`;
  return new Uint8Array(Buffer.concat([Buffer.from(head), old, Buffer.from('\n'), bytes.subarray(line.length + json.length + 2)]));
}

describe('format 1', () => {
  test('is read', async () => {
    const recorded = await record();
    const { parts, error } = read(asFormat1(bytesOf(recorded)));
    expect(error).toBeUndefined();
    expect(parts).toEqual([{ kind: 'header', header: { ...recorded.header, format: 1 } }, ...recorded.batches.map((batch) => ({ kind: 'steps', batch })), { kind: 'footer', footer: recorded.footer }]);
  });

  test('has no injections', async () => {
    const batch: TraceBatch = { first: 1, count: 1, records: Uint16Array.of(0, 3, 0, 0xffff), injections: [{ actor: 3, type: 3, payload: [0] }] };
    const bytes = bytesOf({ ...await record(), batches: [batch] });
    expect(read(bytes).parts.map(({ kind }) => kind)).toEqual(['header', 'steps']);
    expect(read(asFormat1(bytes)).error?.message).toMatch(/^has a chunk at byte \d+ of kind 4 whose length \d+ does not fit its 1 steps$/);
  });
});

describe('injections that were edited', () => {
  const one = { actor: 3, type: 3, payload: [0] };
  test.each<[string, Partial<TraceBatch>, RegExp]>([
    ['a step without', {}, /with 1 steps that are injections, and 0 injections$/],
    ['more than steps', { injections: [one, one] }, /with 1 steps that are injections, and 2 injections$/],
    ['no list', { injections: { length: 1 } as never }, /^has a list of injections in which '.*' is wrong: /],
    ['actor 0', { injections: [{ ...one, actor: 0 }] }, /in which '0\.actor' is wrong: /],
    ['words that are none', { injections: [{ ...one, payload: [0.5] }] }, /in which '0\.payload\.0' is wrong: /],
    ['words of 33 bits', { injections: [{ ...one, payload: [2 ** 31] }] }, /in which '0\.payload\.0' is wrong: /],
    ['a place below 0', { injections: [{ ...one, code: { at: -1, words: [] } }] }, /in which '0\.code\.at' is wrong: /],
    ['a member too many', { injections: [{ ...one, more: 1 } as never] }, /in which '0\.more' is wrong: /],
    ['tickets beyond the end', { injections: [], tickets: { counts: Uint16Array.of(60_000), pairs: new Uint32Array(0) } }, /says it has 60000 tickets and has at most 0$/],
  ])('%s: refused in one sentence', async (_what, change, sentence) => {
    const { error } = read(bytesOf({ ...await record(), batches: [{ first: 1, count: 1, records: Uint16Array.of(0, 3, 0, 0xffff), ...change }] }));
    expect([error?.problem, error?.message.replace(/ \(byte \d+\)$/, '')]).toEqual(['malformed', expect.stringMatching(sentence)]);
  });
});

describe('what is no trace of this format', () => {
  test.each([['text', 'hello'], ['a number', '1\n'], ['zeros', '\0\0\0\0'.repeat(100)], ['near miss', 'faultline-tracs 1 2 00000000\n{}\n']])('%s is foreign', (_name, text) => {
    expect(read(new TextEncoder().encode(text)).error?.problem).toBe('foreign');
  });

  test.each(['faultline-trace of mine\n', 'faultline-trace 1x 2 00000000\n{}\n', 'faultline-trace 1 2 0000\n{}\n', `faultline-trace ${'1'.repeat(80)}\n`])('%j was a trace, and was edited', (text) => {
    const error = read(new TextEncoder().encode(text)).error;
    expect([error?.problem, error?.message]).toEqual(['edited', "begins with 'faultline-trace' as a trace does, and the rest of its first line is damaged: it was changed after it was written; record the run again"]);
  });

  test('a newer format is refused before anything else of it is looked at', () => {
    const error = read(new TextEncoder().encode('faultline-trace 3 something new\n')).error;
    expect(error?.problem).toBe('newer');
    expect(error?.message).toMatch(/format 3.*up to 2/);
  });

  test('a header that says what cannot be is named by its field', () => {
    const bytes = bytesOf({ header: { seed: 'x' } as never, batches: [], footer: { why: 'finished', steps: 0, hash: '' } });
    expect(read(bytes).error?.message).toMatch(/'faultline' is wrong/);
  });
});
