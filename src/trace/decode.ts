// Reading a trace as its bytes come: what is whole is handed out, what is wrong is said with the byte at which it shows.
// Holds one chunk at a time, however long the trace is.

import { OUTSIDE_ACTOR, RECORD, type Tickets, type TraceBatch } from './batch.ts';
import { CHUNK_HEAD, chunkHead, KIND, MAGIC, MOST_HEADER, MOST_PAYLOAD, words16, words32, type ChunkHead } from './chunk.ts';
import { crc32 } from './crc32.ts';
import { TraceError } from './errors.ts';
import { FORMAT, parseFooter, parseHeader, parseInjections, type TraceFooter, type TraceHeader } from './header.ts';

export type TracePart =
  | { readonly kind: 'header'; readonly header: TraceHeader }
  | { readonly kind: 'steps'; readonly batch: TraceBatch }
  | { readonly kind: 'footer'; readonly footer: TraceFooter };

/** Bytes that the first line can have at most. */
const MOST_LINE = 64;
const NEWLINE = 10;

export class TraceDecoder {
  /** Steps in the whole chunks read so far. */
  steps = 0;
  private bytes: Uint8Array = new Uint8Array(0);
  /** Place of `bytes[at]` in the file is `offset`. */
  private at = 0;
  private offset = 0;
  private place: 'line' | 'header' | 'chunks' | 'behind' = 'line';
  /** As the first line has it. */
  private format = 0;
  private headerLength = 0;
  private headerCrc = 0;
  private head: ChunkHead | undefined;

  /** Takes the next bytes of the file. Call `next` until it answers nothing, then push more, then `end`. */
  push(more: Uint8Array): void {
    const rest = this.bytes.length - this.at;
    const bytes = new Uint8Array(rest + more.length);
    bytes.set(this.bytes.subarray(this.at));
    bytes.set(more, rest);
    this.bytes = bytes;
    this.at = 0;
  }

  /** The next whole part; nothing when more bytes are needed. Throws a TraceError on the first thing that is wrong. */
  next(): TracePart | undefined {
    switch (this.place) {
      case 'line': return this.line() ? this.next() : undefined;
      case 'header': return this.header();
      case 'chunks': return this.chunk();
      case 'behind':
        if (this.have() > 0) throw this.wrong('edited', `goes on behind its last chunk at byte ${this.offset}: something was appended to it; cut it there, or record it again`);
        return undefined;
    }
  }

  /** There are no more bytes. Throws unless the trace was whole, footer included. */
  end(): void {
    if (this.place === 'behind') return;
    if (this.place === 'line' && this.offset + this.have() === 0) throw this.wrong('truncated', 'is empty: record the run again');
    if (this.place !== 'chunks') {
      if (this.place === 'line' && !this.beginsLikeTrace()) throw this.foreign();
      throw this.wrong('truncated', 'ends within its header: record the run again');
    }
    const good = this.steps === 0 ? 'it has no whole step' : `steps 1 to ${this.steps} are whole: stop there with replay --until ${this.steps}, show --to ${this.steps} or export --to ${this.steps}`;
    throw this.have() === 0
      ? this.wrong('truncated', `ends at byte ${this.offset} without a footer, as when the run was killed; ${good}`)
      : this.wrong('truncated', `ends within the chunk at byte ${this.offset}, as when the run was killed or the file was cut; ${good}`);
  }

  private have(): number {
    return this.bytes.length - this.at;
  }

  private take(count: number): Uint8Array {
    const part = this.bytes.subarray(this.at, this.at + count);
    this.at += count;
    this.offset += count;
    return part;
  }

  private wrong(problem: TraceError['problem'], sentence: string): TraceError {
    return new TraceError(problem, sentence, this.offset);
  }

  private foreign(): TraceError {
    return this.wrong('foreign', `is not a faultline trace: it does not begin with '${MAGIC}'`);
  }

  /** As far as the bytes go, is this the beginning of a trace? */
  private beginsLikeTrace(): boolean {
    for (let i = 0; i < Math.min(MAGIC.length, this.have()); i++) if (this.bytes[this.at + i] !== MAGIC.charCodeAt(i)) return false;
    return true;
  }

  private line(): boolean {
    if (!this.beginsLikeTrace()) throw this.foreign();
    const newline = this.bytes.indexOf(NEWLINE, this.at) - this.at;
    if (newline < 0 || newline > MOST_LINE) {
      if (newline > MOST_LINE || this.have() > MOST_LINE) throw this.editedLine();
      return false;
    }
    const line = new TextDecoder().decode(this.bytes.subarray(this.at, this.at + newline));
    const [magic, version, length, crc] = line.split(' ');
    if (magic !== MAGIC || !/^\d{1,6}$/.test(version ?? '')) throw this.editedLine();
    if (Number(version) > FORMAT) {
      throw this.wrong('newer', `is a trace of format ${version}, and this faultline reads formats up to ${FORMAT}: read it with the faultline that wrote it, or a newer one`);
    }
    if (Number(version) < 1 || !/^\d{1,9}$/.test(length ?? '') || !/^[0-9a-f]{8}$/.test(crc ?? '') || Number(length) > MOST_HEADER) throw this.editedLine();
    this.format = Number(version);
    this.headerLength = Number(length);
    this.headerCrc = Number.parseInt(crc!, 16);
    this.take(newline + 1);
    this.place = 'header';
    return true;
  }

  private editedLine(): TraceError {
    return this.wrong('edited', `begins with '${MAGIC}' as a trace does, and the rest of its first line is damaged: it was changed after it was written; record the run again`);
  }

  private edited(what: string): TraceError {
    return this.wrong('edited', `was changed after it was written: ${what} at byte ${this.offset} does not match its checksum; record the run again`);
  }

  private header(): TracePart | undefined {
    // The header has no line end in it, so that one too early tells an edited length from a file that was cut.
    const newline = this.bytes.indexOf(NEWLINE, this.at) - this.at;
    if (newline >= 0 && newline !== this.headerLength) throw this.edited('the header');
    if (newline < 0) {
      if (this.have() > this.headerLength) throw this.edited('the header');
      return undefined;
    }
    const from = this.offset;
    const json = this.bytes.subarray(this.at, this.at + this.headerLength);
    if (crc32(json) !== this.headerCrc) throw this.edited('the header');
    this.take(this.headerLength + 1);
    this.place = 'chunks';
    const header = parseHeader(new TextDecoder().decode(json), from);
    if (header.format !== this.format) throw new TraceError('malformed', `is of format ${this.format} by its first line and of format ${header.format} by its header (byte ${from})`, from);
    return { kind: 'header', header };
  }

  private chunk(): TracePart | undefined {
    if (this.head === undefined) {
      if (this.have() < CHUNK_HEAD) return undefined;
      const head = chunkHead(this.bytes.subarray(this.at, this.at + CHUNK_HEAD));
      if (head === undefined) throw this.edited('the head of the chunk');
      if (!isSound(head, this.format)) throw this.wrong('malformed', `has a chunk at byte ${this.offset} of kind ${head.kind} whose length ${head.length} does not fit its ${head.count} steps`);
      if (head.first !== this.steps + 1) throw this.wrong('malformed', `has a chunk at byte ${this.offset} that begins with step ${head.first} and not with ${this.steps + 1}: chunks were taken out or put in`);
      this.head = head;
    }
    const { head } = this;
    if (this.have() < CHUNK_HEAD + head.length) return undefined;
    const payload = this.bytes.subarray(this.at + CHUNK_HEAD, this.at + CHUNK_HEAD + head.length);
    if (crc32(payload) !== head.crc) {
      throw this.edited(head.kind === KIND.FOOTER ? 'the footer' : `the chunk of steps ${head.first} to ${head.first + head.count - 1}`);
    }
    const from = this.offset;
    const part = this.content(head, payload, from);
    this.take(CHUNK_HEAD + head.length);
    this.head = undefined;
    this.steps += head.count;
    if (part.kind === 'footer') {
      if (part.footer.steps !== this.steps) throw new TraceError('malformed', `says in its footer that it has ${part.footer.steps} steps, and has ${this.steps} (byte ${from})`, from);
      this.place = 'behind';
    }
    return part;
  }

  private content({ kind, first, count }: ChunkHead, payload: Uint8Array, offset: number): TracePart {
    if (kind === KIND.FOOTER) return { kind: 'footer', footer: parseFooter(new TextDecoder().decode(payload), offset) };
    const records = words16(payload, 0, count * RECORD.WORDS);
    const withTickets = kind === KIND.STEPS_WITH_TICKETS || kind === KIND.STEPS_WITH_TICKETS_AND_INJECTIONS;
    const withInjections = kind === KIND.STEPS_WITH_INJECTIONS || kind === KIND.STEPS_WITH_TICKETS_AND_INJECTIONS;
    let behind = count * RECORD.BYTES;
    let tickets: Tickets | undefined;
    if (withTickets) {
      const counts = words16(payload, behind, count);
      behind += 2 * count;
      const said = counts.reduce((sum, n) => sum + n, 0);
      const most = Math.floor((payload.length - behind) / TICKET_BYTES);
      if (withInjections ? said > most : said !== most) throw new TraceError('malformed', `has a chunk at byte ${offset} that says it has ${said} tickets and has ${withInjections ? 'at most ' : ''}${most}`, offset);
      tickets = { counts, pairs: words32(payload, behind, 2 * said) };
      behind += TICKET_BYTES * said;
    }
    const injections = withInjections ? parseInjections(new TextDecoder().decode(payload.subarray(behind)), offset) : undefined;
    checkInjected(records, injections?.length ?? 0, offset);
    return { kind: 'steps', batch: { first, count, records, ...(tickets ? { tickets } : {}), ...(injections ? { injections } : {}) } };
  }
}

/** Object and version. */
const TICKET_BYTES = 8;

/** A chunk has as many injections as steps of the outside. */
function checkInjected(records: Uint16Array, injections: number, offset: number): void {
  let steps = 0;
  for (let at = RECORD.ACTOR; at < records.length; at += RECORD.WORDS) if (records[at] === OUTSIDE_ACTOR) steps++;
  if (steps !== injections) throw new TraceError('malformed', `has a chunk at byte ${offset} with ${steps} steps that are injections, and ${injections} injections`, offset);
}

/** Do kind, length and number of steps fit each other? */
function isSound({ kind, length, count }: ChunkHead, format: number): boolean {
  if (length > MOST_PAYLOAD || (format < 2 && kind > KIND.FOOTER)) return false;
  switch (kind) {
    case KIND.STEPS: return length === count * RECORD.BYTES;
    case KIND.STEPS_WITH_TICKETS: return length >= count * (RECORD.BYTES + 2) && (length - count * (RECORD.BYTES + 2)) % 8 === 0;
    case KIND.FOOTER: return count === 0;
    case KIND.STEPS_WITH_INJECTIONS: return length >= count * RECORD.BYTES;
    case KIND.STEPS_WITH_TICKETS_AND_INJECTIONS: return length >= count * (RECORD.BYTES + 2);
    default: return false;
  }
}

/** All parts of a trace that is in memory as a whole. Throws when it comes to what is wrong, behind what is good. */
export function* decodeTrace(bytes: Uint8Array): Generator<TracePart> {
  const decoder = new TraceDecoder();
  decoder.push(bytes);
  for (let part = decoder.next(); part !== undefined; part = decoder.next()) yield part;
  decoder.end();
}
