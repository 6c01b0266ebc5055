// The Common Trace Format 1.8: a folder that babeltrace2 and Trace Compass open. Its metadata says what the bytes are; a stream for each
// actor. The clock counts steps, of which it takes a million a second.

import { Bytes, utf8 } from './bytes.ts';
import type { ExportedActor, Exporter, ExportWriter, Parts } from './exporter.ts';
import { headsOf } from './memo.ts';
import type { StepEvent } from '../runtime/events.ts';
import type { TraceFooter, TraceHeader } from '../trace/header.ts';
import { KINDS, LabEvents, ownEvent, placesOf, SYSTEM, type Kind, type LabEvent } from './lab-events.ts';

/** Bytes of a packet that goes out. */
const PACKET = 1 << 15;
const MAGIC = 0xc1fc1fc1;
/** Place of the time in an event. */
const TIME = 2;
/** Places in a packet of what is known when it goes out. */
const END = 16, CONTENT = 24, SIZE = 32;

const TYPES = { u32: 'uint32_t', s32: 'int32_t', u64: 'uint64_t', string: 'string' } as const;
/** A text in the metadata. */
const quoted = (text: string): string => JSON.stringify(text.replace(/[^\x20-\x7e]/g, '?'));

/** What tells a reader how to read the streams. */
function metadataOf({ faultline, kernel, runtime, seed, scenario }: TraceHeader, actors: readonly string[], footer: TraceFooter | undefined): string {
  const integer = (name: string, size: number, signed: boolean): string => `typealias integer { size = ${size}; align = 8; signed = ${signed}; } := ${name};\n`;
  const broken = footer?.violation ?? footer?.finding;
  return `/* CTF 1.8 */

${integer('uint16_t', 16, false)}${integer('uint32_t', 32, false)}${integer('int32_t', 32, true)}${integer('uint64_t', 64, false)}
trace {
  major = 1;
  minor = 8;
  byte_order = le;
  packet.header := struct { uint32_t magic; uint32_t stream_id; };
};

env {
  tracer_name = "faultline";
  domain = "laboratory";
  faultline = ${quoted(faultline)};
  kernel = ${quoted(kernel)};
  scenario = ${quoted(String(scenario['name'] ?? ''))};
  runtime = ${quoted(runtime)};
  seed = ${quoted(String(seed))};
${footer === undefined ? '' : `  ended = ${quoted(footer.why)};\n`}${broken === undefined ? '' : `  broken = ${quoted(`${broken.id}: ${broken.sentence}`)};\n`}${actors.map((name, i) => `  cpu_${i} = ${quoted(name)};\n`).join('')}};

clock {
  name = steps;
  description = "numbers of steps: the laboratory has no other time";
  freq = 1000000;
  offset = 0;
};

typealias integer { size = 64; align = 8; signed = false; map = clock.steps.value; } := step_t;

stream {
  id = 0;
  packet.context := struct { step_t timestamp_begin; step_t timestamp_end; uint64_t content_size; uint64_t packet_size; uint32_t cpu_id; };
  event.header := struct { uint16_t id; step_t timestamp; };
  event.context := struct { string actor; };
};
${KINDS.map(({ name, id, fields }) => `
event {
  id = ${id};
  name = "${SYSTEM}:${name}";
  stream_id = 0;
  fields := struct {
${fields.map((field) => `    ${TYPES[field.type]} _${field.name};\n`).join('')}  };
};
`).join('')}`;
}

/** The stream of one actor. */
class Stream {
  private readonly packet = new Bytes(1024);
  private readonly part: string;
  private readonly place: number;
  private readonly actor: string;
  /** Place of the first field in an event. */
  private readonly fields: number;
  private last = 0;

  constructor(place: number, actor: string) {
    this.part = `stream_${place}`;
    this.place = place;
    this.actor = actor;
    this.fields = TIME + 8 + utf8(actor).length + 1;
  }

  /** The event that every step is. `bytes`: it without numbers, which are filled in here. */
  own({ step, choice = -1, choices = 0 }: StepEvent, bytes: Uint8Array, parts: Parts): void {
    this.begin(step);
    const { packet } = this;
    const at = packet.length;
    packet.bytes(bytes);
    packet.setU64(at + TIME, step);
    packet.setU64(at + this.fields, step);
    packet.setU32(packet.length - 8, choice);
    packet.setU32(packet.length - 4, choices);
    if (packet.length >= PACKET) this.flush(parts);
  }

  event(step: number, { kind, values }: LabEvent, parts: Parts): void {
    this.begin(step);
    encode(this.packet, step, this.actor, kind, values);
    if (this.packet.length >= PACKET) this.flush(parts);
  }

  private begin(step: number): void {
    const { packet } = this;
    this.last = step;
    if (packet.length === 0) {
      packet.u32(MAGIC);
      packet.u32(0);
      packet.u64(step);
      packet.padTo(SIZE + 8);
      packet.u32(this.place);
    }
  }

  flush(parts: Parts): void {
    const { packet } = this;
    if (packet.length === 0) return;
    packet.setU64(END, this.last);
    packet.setU64(CONTENT, packet.length * 8);
    packet.setU64(SIZE, packet.length * 8);
    parts.append(this.part, packet.all);
    packet.clear();
  }
}

/** An event with its header and context. */
function encode(out: Bytes, step: number, actor: string, kind: Kind, values: LabEvent['values']): void {
  out.u16(kind.id);
  out.u64(step);
  terminated(out, actor);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const { type } = kind.fields[i]!;
    if (type === 'string') terminated(out, value as string);
    else if (type === 'u64') out.u64(value);
    else out.u32(Number(value));
  }
}

function terminated(out: Bytes, text: string): void {
  out.bytes(utf8(text));
  out.u8(0);
}

function writer(header: TraceHeader, actors: readonly ExportedActor[], events: LabEvents, parts: Parts): ExportWriter {
  const places = placesOf(actors);
  const streams = new Map<string, Stream>();
  const own = headsOf((out, event) => {
    const { kind, values } = ownEvent(event);
    encode(out, 0, event.actor, kind, values);
  });
  return {
    header: () => '',
    step(event) {
      let stream = streams.get(event.actor);
      if (stream === undefined) streams.set(event.actor, stream = new Stream(places.get(event.actor)!, event.actor));
      stream.own(event, own(event), parts);
      for (const one of events.beside(event)) stream.event(event.step, one, parts);
      return '';
    },
    end(footer) {
      for (const stream of streams.values()) stream.flush(parts);
      parts.append('metadata', utf8(metadataOf(header, [...places.keys()], footer)));
      return '';
    },
  };
}

export const ctf: Exporter = {
  name: 'ctf',
  extension: '',
  description: 'a folder in the Common Trace Format 1.8, for babeltrace2 and Trace Compass',
  binary: true,
  folder: true,
  open(header, actors, run, parts) {
    if (parts === undefined) throw new Error('CTF is a folder, and needs one');
    return writer(header, actors, new LabEvents(run), parts);
  },
};
