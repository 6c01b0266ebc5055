// The Common Trace Format 1.8: a folder that babeltrace2 and Trace Compass open. Its metadata says what the bytes are; a stream for each
// actor. The clock counts steps, of which it takes a million a second.

import { Bytes, utf8 } from './bytes.ts';
import type { ExportedActor, Exporter, ExportWriter, Parts } from './exporter.ts';
import type { TraceFooter, TraceHeader } from '../trace/header.ts';
import { KINDS, LabEvents, placesOf, SYSTEM, type LabEvent } from './lab-events.ts';

/** Bytes of a packet that goes out. */
const PACKET = 1 << 15;
const MAGIC = 0xc1fc1fc1;
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
  private last = 0;

  constructor(place: number, actor: string) {
    this.part = `stream_${place}`;
    this.place = place;
    this.actor = actor;
  }

  event(step: number, { kind, values }: LabEvent, parts: Parts): void {
    const { packet } = this;
    if (packet.length === 0) {
      packet.u32(MAGIC);
      packet.u32(0);
      packet.u64(step);
      packet.padTo(SIZE + 8);
      packet.u32(this.place);
    }
    this.last = step;
    packet.u16(kind.id);
    packet.u64(step);
    this.text(this.actor);
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      const { type } = kind.fields[i]!;
      if (type === 'string') this.text(value as string);
      else if (type === 'u64') packet.u64(value);
      else packet.u32(Number(value));
    }
    if (packet.length >= PACKET) this.flush(parts);
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

  private text(text: string): void {
    this.packet.bytes(utf8(text));
    this.packet.u8(0);
  }
}

function writer(header: TraceHeader, actors: readonly ExportedActor[], events: LabEvents, parts: Parts): ExportWriter {
  const places = placesOf(actors);
  const streams = new Map<string, Stream>();
  return {
    header: () => '',
    step(event) {
      let stream = streams.get(event.actor);
      if (stream === undefined) streams.set(event.actor, stream = new Stream(places.get(event.actor)!, event.actor));
      for (const one of events.of(event)) stream.event(event.step, one, parts);
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
  unreadable: true,
  folder: true,
  open(header, actors, run, parts) {
    if (parts === undefined) throw new Error('CTF is a folder, and needs one');
    return writer(header, actors, new LabEvents(run), parts);
  },
};
