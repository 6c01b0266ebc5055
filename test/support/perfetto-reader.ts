// Reads Perfetto's traces, for tests: the wire format of Protocol Buffers by a library, and by the numbers of the fields in Perfetto's own
// description. It shares nothing with the writer.

import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** A field of a message: its number, and a number or the bytes of it. */
type Field = readonly [number: number, value: bigint | Uint8Array];

function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag();
    switch (wire) {
      case WireType.Varint: yield [number, BigInt(reader.uint64())]; break;
      case WireType.Bit64: yield [number, BigInt(reader.fixed64())]; break;
      case WireType.LengthDelimited: yield [number, reader.bytes()]; break;
      default: throw new Error(`wire type ${wire} at ${reader.pos}`);
    }
  }
}

const text = (value: bigint | Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(value as Uint8Array);
const all = (fields: readonly Field[], number: number): (bigint | Uint8Array)[] => fields.filter(([one]) => one === number).map(([, value]) => value);
const one = (fields: readonly Field[], number: number): bigint | undefined => all(fields, number)[0] as bigint | undefined;
const inside = (fields: readonly Field[], number: number): Field[][] => all(fields, number).map((value) => [...fieldsOf(value as Uint8Array)]);

export interface ReadEvent {
  readonly type: 'begin' | 'end' | 'instant';
  readonly ns: bigint;
  readonly track: bigint;
  readonly name: string | undefined;
  readonly category: string | undefined;
  readonly annotations: Readonly<Record<string, string | bigint>>;
  readonly flows: readonly bigint[];
  readonly endingFlows: readonly bigint[];
  readonly correlation: bigint | undefined;
}
export interface ReadTrace { readonly packets: number; readonly tracks: ReadonlyMap<bigint, { name: string; parent: bigint | undefined }>; readonly events: readonly ReadEvent[] }

const TYPES = [undefined, 'begin', 'end', 'instant'] as const;

/** All tracks and events. Refuses names that are not interned yet, tracks that come behind their events, and a state that nobody has cleared. */
export function readPerfetto(bytes: Uint8Array): ReadTrace {
  const tracks = new Map<bigint, { name: string; parent: bigint | undefined }>();
  const events: ReadEvent[] = [];
  const interned = new Map<string, string>();
  let packets = 0;
  const nameOf = (kind: number, iid: bigint | undefined): string | undefined => {
    if (iid === undefined) return undefined;
    const name = interned.get(`${kind} ${iid}`);
    if (name === undefined) throw new Error(`packet ${packets}: nothing is interned as ${iid} of ${kind}`);
    return name;
  };
  for (const [number, value] of fieldsOf(bytes)) {
    if (number !== 1) throw new Error(`field ${number} is no packet`);
    const packet = [...fieldsOf(value as Uint8Array)];
    const flags = one(packet, 13) ?? 0n;
    if ((packets === 0) !== ((flags & 1n) !== 0n)) throw new Error(`packet ${packets}: sequence flags ${flags}`);
    if (one(packet, 10) !== 1n) throw new Error(`packet ${packets} is of another sequence`);
    packets++;
    for (const data of all(packet, 12)) {
      for (const [kind, entry] of fieldsOf(data as Uint8Array)) {
        const member = [...fieldsOf(entry as Uint8Array)];
        interned.set(`${kind} ${one(member, 1)}`, text(all(member, 2)[0]!));
      }
    }
    for (const track of inside(packet, 60)) tracks.set(one(track, 1)!, { name: text(all(track, 2)[0]!), parent: one(track, 5) });
    for (const event of inside(packet, 11)) {
      const track = one(event, 11)!;
      if (!tracks.has(track)) throw new Error(`packet ${packets}: there is no track ${track}`);
      const annotations = Object.fromEntries(inside(event, 4).map((annotation) => {
        const [, found] = annotation.find(([field]) => [3, 4, 6, 7, 17].includes(field))!;
        const interning = one(annotation, 17);
        return [nameOf(3, one(annotation, 1))!, interning === undefined ? (typeof found === 'bigint' ? (one(annotation, 4) === undefined ? found : BigInt.asIntN(64, found)) : text(found)) : nameOf(29, interning)!];
      }));
      events.push({
        type: TYPES[Number(one(event, 9))]!, ns: one(packet, 8)!, track, name: nameOf(2, one(event, 10)), category: nameOf(1, one(event, 3)), annotations,
        flows: all(event, 47) as bigint[], endingFlows: all(event, 48) as bigint[], correlation: one(event, 52),
      });
    }
  }
  return { packets, tracks, events };
}
