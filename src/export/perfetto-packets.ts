// Packets of Perfetto's traces, written by hand: messages of Protocol Buffers with the numbers of fields that its trace format has.
// Names are interned: a packet brings a name once, under a number, which later packets have in its place.

import { Bytes, utf8 } from './bytes.ts';
import type { FieldValue } from './kvm-forms.ts';

/** Numbers of fields, by message. */
const TRACE = { packet: 1 } as const;
const PACKET = { timestamp: 8, sequence: 10, trackEvent: 11, interned: 12, flags: 13, trackDescriptor: 60 } as const;
const EVENT = { categoryIids: 3, annotations: 4, type: 9, nameIid: 10, track: 11, flows: 47, endingFlows: 48, correlation: 52 } as const;
const TRACK = { uuid: 1, name: 2, parent: 5 } as const;
const ANNOTATION = { nameIid: 1, uint: 3, int: 4, string: 6, pointer: 7, stringIid: 17 } as const;
/** What is interned, by the field of InternedData; its members have a number and a text, at these fields. */
const INTERNED = { category: 1, eventName: 2, annotationName: 3, annotationText: 29 } as const;
const IID = 1, NAME = 2;

/** TrackEvent.Type */
export const BEGIN = 1, END = 2, INSTANT = 3;
/** The state of interning begins here; it is needed. */
const CLEARED = 1, NEEDED = 2;
/** All packets are of one sequence. */
const SEQUENCE = 1;
/** Wire types. */
const VARINT = 0, FIXED64 = 1, LENGTH = 2;

/** What is said beside a name: the value at place `at` of an event. */
export interface Label {
  readonly name: string;
  readonly at: number;
  /** One of few texts; an address, shown in hexadecimal; a number below zero, maybe. */
  readonly as: 'interned' | 'pointer' | 'signed' | 'plain';
}

export interface TrackEvent {
  readonly type: typeof BEGIN | typeof END | typeof INSTANT;
  /** Nanoseconds. */
  readonly ns: number;
  readonly track: number;
  readonly name?: string;
  readonly category?: string;
  readonly labels?: readonly Label[];
  readonly values?: readonly FieldValue[];
  /** Arrows that begin or go on here, and those that end here. */
  readonly flows?: readonly number[];
  readonly endingFlows?: readonly number[];
  /** Slices of one number are one operation. */
  readonly correlation?: number | undefined;
}

const NONE: readonly never[] = [];

/** Packets one behind the other. */
export class Packets {
  readonly out = new Bytes(1 << 17);
  private readonly packet = new Bytes(1024);
  private readonly event = new Bytes(1024);
  private readonly part = new Bytes(1024);
  private readonly fresh = new Bytes(1024);
  private readonly interned = new Map<number, Map<string, number>>(Object.values(INTERNED).map((kind) => [kind, new Map<string, number>()]));
  private first = true;

  /** A track, which must come before its events. */
  track(uuid: number, name: string, parent?: number): void {
    const { packet, part } = this;
    part.clear();
    number(part, TRACK.uuid, uuid);
    text(part, TRACK.name, name);
    if (parent !== undefined) number(part, TRACK.parent, parent);
    packet.clear();
    nested(packet, PACKET.trackDescriptor, part);
    this.finish();
  }

  trackEvent({ type, ns, track, name, category, labels = NONE, values = NONE, flows = NONE, endingFlows = NONE, correlation }: TrackEvent): void {
    const { packet, event, part, fresh } = this;
    event.clear();
    fresh.clear();
    number(event, EVENT.type, type);
    number(event, EVENT.track, track);
    if (category !== undefined) number(event, EVENT.categoryIids, this.intern(INTERNED.category, category));
    if (name !== undefined) number(event, EVENT.nameIid, this.intern(INTERNED.eventName, name));
    for (const { name: label, at, as } of labels) {
      const value = values[at]!;
      const nameIid = this.intern(INTERNED.annotationName, label);
      const iid = as === 'interned' ? this.intern(INTERNED.annotationText, value as string) : 0;
      part.clear();
      number(part, ANNOTATION.nameIid, nameIid);
      if (as === 'interned') number(part, ANNOTATION.stringIid, iid);
      else if (typeof value === 'string') text(part, ANNOTATION.string, value);
      else number(part, as === 'pointer' ? ANNOTATION.pointer : as === 'signed' ? ANNOTATION.int : ANNOTATION.uint, value < 0 ? BigInt(value) : value);
      nested(event, EVENT.annotations, part);
    }
    for (const flow of flows) fixed(event, EVENT.flows, flow);
    for (const flow of endingFlows) fixed(event, EVENT.endingFlows, flow);
    if (correlation !== undefined) number(event, EVENT.correlation, correlation);
    packet.clear();
    number(packet, PACKET.timestamp, ns);
    if (fresh.length > 0) nested(packet, PACKET.interned, fresh);
    nested(packet, PACKET.trackEvent, event);
    this.finish();
  }

  /** The number of a text; a new one comes with this packet. */
  private intern(kind: number, name: string): number {
    const known = this.interned.get(kind)!;
    let iid = known.get(name);
    if (iid === undefined) {
      known.set(name, iid = known.size + 1);
      const { part } = this;
      part.clear();
      number(part, IID, iid);
      text(part, NAME, name);
      nested(this.fresh, kind, part);
    }
    return iid;
  }

  private finish(): void {
    number(this.packet, PACKET.sequence, SEQUENCE);
    number(this.packet, PACKET.flags, this.first ? CLEARED | NEEDED : NEEDED);
    this.first = false;
    nested(this.out, TRACE.packet, this.packet);
  }
}

function number(out: Bytes, field: number, value: number | bigint): void {
  out.varint(field << 3 | VARINT);
  out.varint(value);
}
function fixed(out: Bytes, field: number, value: number): void {
  out.varint(field << 3 | FIXED64);
  out.u64(value);
}
function text(out: Bytes, field: number, value: string): void {
  const bytes = utf8(value);
  out.varint(field << 3 | LENGTH);
  out.varint(bytes.length);
  out.bytes(bytes);
}
function nested(out: Bytes, field: number, message: Bytes): void {
  out.varint(field << 3 | LENGTH);
  out.varint(message.length);
  out.bytes(message.all);
}
