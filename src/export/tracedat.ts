// trace.dat of trace-cmd, version 6: what `trace-cmd report` and KernelShark open. A CPU for each actor, whose pages of 4096 bytes are
// kept aside until the end, since the file has them one CPU behind the other. A step is a microsecond.

import type { ExportedActor, Exporter, ExportWriter, Parts } from './exporter.ts';
import { Bytes, utf8 } from './bytes.ts';
import { KINDS, LabEvents, placesOf, STEP_NS, SYSTEM, type Kind, type LabEvent } from './lab-events.ts';

const PAGE = 4096, PAGE_HEADER = 16;
/** The word in front of an event: five bits of its length in words or what it is, 27 of nanoseconds since the event before. */
const DELTA_BITS = 27, MOST_DELTA = 2 ** DELTA_BITS, MOST_SHORT = 28 * 4, TYPE_EXTEND = 30;
/** Longest text of a field, in bytes: an event must fit into a page. */
const MOST_TEXT = 512;
/** Sizes of what every event begins with: type, flags, preempt count, pid. */
const COMMON = 8;

const SIZES = { u32: 4, s32: 4, u64: 8, string: 4 } as const;
const TYPES = { u32: 'u32', s32: 's32', u64: 'u64', string: '__data_loc char[]' } as const;

const line = (type: string, name: string, offset: number, size: number, signed: boolean): string => `\tfield:${type} ${name};\toffset:${offset};\tsize:${size};\tsigned:${signed ? 1 : 0};\n`;

const HEADER_PAGE = '\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n'
  + `\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n\tfield: char data;\toffset:16;\tsize:${PAGE - PAGE_HEADER};\tsigned:1;\n`;
const HEADER_EVENT = '# compressed entry header\n\ttype_len    :    5 bits\n\ttime_delta  :   27 bits\n\tarray       :   32 bits\n\n'
  + '\tpadding     : type == 29\n\ttime_extend : type == 30\n\ttime_stamp : type == 31\n\tdata max type_len  == 28\n';

/** What describes a kind of event to the reader. */
export function formatOf({ name, id, form, fields }: Kind): string {
  let offset = COMMON;
  const lines = fields.map((field) => {
    const size = SIZES[field.type];
    offset += size;
    return line(TYPES[field.type], field.name, offset - size, size, field.type === 's32');
  });
  const common = line('unsigned short', 'common_type', 0, 2, false) + line('unsigned char', 'common_flags', 2, 1, false)
    + line('unsigned char', 'common_preempt_count', 3, 1, false) + line('int', 'common_pid', 4, 4, true);
  const values = fields.map((field) => (field.type === 'string' ? `__get_str(${field.name})` : `REC->${field.name}`));
  return `name: ${name}\nID: ${id}\nformat:\n${common}\n${lines.join('')}\nprint fmt: "${form}", ${values.join(', ')}\n`;
}

/** Everything in front of the table of CPUs. */
function head(actors: readonly string[]): Bytes {
  const out = new Bytes(1 << 14);
  const sized = (text: string): void => {
    const bytes = utf8(text);
    out.u64(bytes.length);
    out.bytes(bytes);
  };
  out.bytes(Uint8Array.of(0x17, 0x08, 0x44));
  out.bytes(utf8('tracing6\0'));
  // Little-endian, longs of eight bytes.
  out.u8(0);
  out.u8(8);
  out.u32(PAGE);
  out.bytes(utf8('header_page\0'));
  sized(HEADER_PAGE);
  out.bytes(utf8('header_event\0'));
  sized(HEADER_EVENT);
  // No formats of ftrace's own; one system.
  out.u32(0);
  out.u32(1);
  out.bytes(utf8(`${SYSTEM}\0`));
  out.u32(KINDS.length);
  for (const kind of KINDS) sized(formatOf(kind));
  // Neither symbols nor printk formats; names of tasks.
  out.u32(0);
  out.u32(0);
  sized(actors.map((name, cpu) => `${cpu + 1} ${name}\n`).join(''));
  out.u32(actors.length);
  out.bytes(utf8('options  \0'));
  out.u16(0);
  out.bytes(utf8('flyrecord\0'));
  return out;
}

/** Pages of one CPU. */
class Cpu {
  pages = 0;
  private readonly page = new Bytes(PAGE);
  private readonly part: string;
  private readonly pid: number;
  private before = 0;

  constructor(place: number) {
    this.part = `cpu${place}`;
    this.pid = place + 1;
  }

  /** Adds an event; a page that has no room for it goes to its part. */
  event(ns: number, { kind, values }: LabEvent, payload: Bytes, parts: Parts): void {
    encode(payload, kind, values, this.pid);
    const { page } = this;
    const { length } = payload;
    if (page.length > 0 && page.length + 16 + length > PAGE) this.flush(parts);
    if (page.length === 0) {
      page.u64(ns);
      page.u64(0);
      this.before = ns;
    }
    let delta = ns - this.before;
    if (delta >= MOST_DELTA) {
      page.u32(((delta % MOST_DELTA) * 32 + TYPE_EXTEND) >>> 0);
      page.u32(Math.floor(delta / MOST_DELTA));
      delta = 0;
    }
    this.before = ns;
    page.u32((delta * 32 + (length <= MOST_SHORT ? length / 4 : 0)) >>> 0);
    if (length > MOST_SHORT) page.u32(length + 4);
    page.bytes(payload.all);
  }

  flush(parts: Parts): void {
    const { page } = this;
    if (page.length === 0) return;
    page.setU64(8, page.length - PAGE_HEADER);
    page.padTo(PAGE);
    parts.append(this.part, page.all);
    page.clear();
    this.pages++;
  }
}

/** The payload of an event: what is common, its fields, its texts behind these, whole words. */
function encode(out: Bytes, { id, fields }: Kind, values: LabEvent['values'], pid: number): void {
  out.clear();
  out.u16(id);
  out.u16(0);
  out.u32(pid);
  let texts = COMMON;
  for (const { type } of fields) texts += SIZES[type];
  for (let i = 0; i < fields.length; i++) {
    const value = values[i]!;
    const { type } = fields[i]!;
    if (type === 'u64') out.u64(value);
    else if (type !== 'string') out.u32(Number(value));
    else {
      const length = Math.min(utf8(value as string).length, MOST_TEXT) + 1;
      out.u32(length * 0x1_0000 + texts);
      texts += length;
    }
  }
  for (let i = 0; i < fields.length; i++) {
    if (fields[i]!.type !== 'string') continue;
    const text = utf8(values[i] as string);
    out.bytes(text.length > MOST_TEXT ? text.subarray(0, MOST_TEXT) : text);
    out.u8(0);
  }
  out.padTo((out.length + 3) & ~3);
}

function writer(actors: readonly ExportedActor[], events: LabEvents, parts: Parts): ExportWriter {
  const places = placesOf(actors);
  const cpus: (Cpu | undefined)[] = Array.from({ length: places.size }, () => undefined);
  const payload = new Bytes(PAGE);
  const front = head([...places.keys()]);
  return {
    header: () => front.all,
    step(event) {
      const place = places.get(event.actor)!;
      const cpu = cpus[place] ??= new Cpu(place);
      for (const one of events.of(event)) cpu.event(event.step * STEP_NS, one, payload, parts);
      return '';
    },
    end() {
      const table = new Bytes();
      // Behind the table: data begins at a whole page.
      const start = Math.ceil((front.length + 16 * cpus.length) / PAGE) * PAGE;
      let at = start;
      for (const cpu of cpus) {
        cpu?.flush(parts);
        const size = (cpu?.pages ?? 0) * PAGE;
        table.u64(at);
        table.u64(size);
        at += size;
      }
      table.padTo(start - front.length);
      return [table.all, ...cpus.flatMap((cpu, place) => (cpu === undefined ? [] : [{ part: `cpu${place}` }]))];
    },
  };
}

export const tracedat: Exporter = {
  name: 'tracedat',
  extension: '.dat',
  description: 'trace.dat for trace-cmd report and KernelShark: a CPU for each actor',
  unreadable: true,
  open(_header, actors, run, parts) {
    if (parts === undefined) throw new Error('trace.dat needs room for the pages of its CPUs');
    return writer(actors, new LabEvents(run), parts);
  },
};
