// Interchangeable vCPUs, folded into the hash: states that differ only in which of them is which have one hash, and no state is ever
// sorted. Each vCPU has lanes of its own, made with the same keys for all; the hash is the sum of what they mix to. A word of something
// shared that names a vCPU counts in the lanes of the vCPU that it names. While one vCPU's words name another one, nothing is folded.

import { lockClassesOf } from '../../check/lock-classes.ts';
import { HashKeys, mix, scramble } from '../../memory/hash.ts';
import type { Plan, PlacedField, PlacedTable } from '../../memory/plan.ts';

/** A vCPU of a group, with the actors that belong to it, in the order that they have with every vCPU of the group. */
export interface Member { readonly group: number; readonly vcpu: number; readonly thread: number; readonly actors: readonly number[] }

/** What a word holds. */
const PLAIN = 0, ACTOR = 1, VCPU = 2, THREAD = 3, ACTORS = 4, VCPUS = 5, THREADS = 6, QUEUE = 7;
const REFS: Readonly<Record<string, number>> = { actor: ACTOR, vcpu: VCPU, thread: THREAD };
const SETS: Readonly<Record<string, number>> = { actor: ACTORS, vcpu: VCPUS, thread: THREADS };

/** Lanes: the shared ones, the count of words that name another vCPU than the one that they are of, then two of each vCPU. */
const SHARED = 2, CROSS = 4, FIRST = 5;

interface Renaming { readonly cells: Int32Array; readonly names: readonly Int32Array[] }

/** A layout that cannot be renamed. */
export class Unrenamable extends Error {}

export class Symmetry {
  readonly lanes: number;
  /** Hash of the state as `fold` saw it. */
  low = 0;
  high = 0;
  readonly members: readonly Member[];
  private readonly low32: Int32Array;
  private readonly high32: Int32Array;
  /** By word: the vCPU (a member) that it is of, or -1; the same word of its group's first vCPU; what it holds; the first member of a set's word. */
  private readonly owner: Int16Array;
  private readonly canon: Int32Array;
  private readonly type: Uint8Array;
  private readonly firstBit: Int32Array;
  /** By what is named, in the order of the types: the member that it belongs to, or -1, and the same of the group's first vCPU. */
  private readonly memberOf: readonly Int32Array[];
  private readonly firstOf: readonly Int32Array[];
  private readonly plan: Plan;
  private readonly made = new Map<string, Renaming>();

  constructor(plan: Plan, members: readonly Member[]) {
    this.plan = plan;
    this.members = members;
    this.lanes = FIRST - SHARED + 2 * members.length;
    const keys = new HashKeys(plan.stateWords);
    this.low32 = keys.low;
    this.high32 = keys.high;
    this.owner = new Int16Array(plan.stateWords).fill(-1);
    this.canon = Int32Array.from({ length: plan.stateWords }, (_one, cell) => cell);
    this.type = new Uint8Array(plan.stateWords);
    this.firstBit = new Int32Array(plan.stateWords);
    const named = (size: number, of: (member: Member) => readonly number[]): [Int32Array, Int32Array] => {
      const memberOf = new Int32Array(size).fill(-1);
      const firstOf = Int32Array.from({ length: size }, (_one, n) => n);
      members.forEach((member, m) => {
        const first = members.find(({ group }) => group === member.group)!;
        of(member).forEach((n, k) => { memberOf[n] = m; firstOf[n] = of(first)[k]!; });
      });
      return [memberOf, firstOf];
    };
    const tables = [named(plan.sizes.actor, ({ actors }) => actors), named(plan.sizes.vcpu, ({ vcpu }) => [vcpu]), named(plan.sizes.thread, ({ thread }) => [thread])];
    this.memberOf = tables.map(([memberOf]) => memberOf);
    this.firstOf = tables.map(([, firstOf]) => firstOf);
    const queues = new Set(lockClassesOf(plan).flatMap((row) => (row.kind === 'rwlock' ? [`${row.layout}.${row.queue}`] : [])));
    for (const table of plan.tables) this.placeTable(table, queues);
  }

  private placeTable(table: PlacedTable, queues: ReadonlySet<string>): void {
    const { layout, dims, count, base, words } = table;
    const dimensions = layout.per.flatMap((dimension, k) => (dimension in REFS ? [{ kind: REFS[dimension]! - 1, k }] : []));
    if (dimensions.length > 1) throw new Unrenamable(`layout '${layout.name}' has one object for each pair of vCPUs, threads or actors`);
    const [dimension] = dimensions;
    for (let n = 0; n < count; n++) {
      let owner = -1;
      let first = n;
      if (dimension !== undefined) {
        const stride = dims.slice(dimension.k + 1).reduce((product, size) => product * size, 1);
        const index = Math.floor(n / stride) % dims[dimension.k]!;
        owner = this.memberOf[dimension.kind]![index]!;
        first = n + (this.firstOf[dimension.kind]![index]! - index) * stride;
      }
      for (const field of table.fields) {
        const type = typeOf(layout.name, field, queues);
        for (let k = 0; k < field.words; k++) {
          const cell = base + n * words + field.offset + k;
          this.owner[cell] = owner;
          this.canon[cell] = base + first * words + field.offset + k;
          this.type[cell] = type;
          this.firstBit[cell] = k * 32;
        }
      }
    }
  }

  /** A word counts as another value from now on. */
  rehash(lanes: Int32Array, cell: number, previous: number, value: number): void {
    if (this.type[cell] === PLAIN) {
      const owner = this.owner[cell]!;
      this.add(lanes, owner < 0 ? SHARED : FIRST + 2 * owner, this.canon[cell]!, (scramble(value) - scramble(previous)) | 0);
      return;
    }
    this.count(lanes, cell, previous, -1);
    this.count(lanes, cell, value, 1);
  }

  private add(lanes: Int32Array, at: number, key: number, amount: number): void {
    lanes[at] = (lanes[at]! + Math.imul(this.low32[key]!, amount)) | 0;
    lanes[at + 1] = (lanes[at + 1]! + Math.imul(this.high32[key]!, amount)) | 0;
  }

  /** Adds what a word that names something counts for, or takes it away. */
  private count(lanes: Int32Array, cell: number, value: number, sign: number): void {
    if (value === 0) return;
    const owner = this.owner[cell]!;
    const key = this.canon[cell]!;
    const type = this.type[cell]!;
    if (type === ACTORS || type === VCPUS || type === THREADS) {
      const memberOf = this.memberOf[type - ACTORS]!;
      const firstOf = this.firstOf[type - ACTORS]!;
      const firstBit = this.firstBit[cell]!;
      let others = value;
      for (let rest = value; rest !== 0; rest &= rest - 1) {
        const bit = rest & -rest;
        const n = firstBit + 31 - Math.clz32(bit);
        const member = memberOf[n]!;
        if (member < 0) continue;
        others &= ~bit;
        // Which member of the set it is, so as the first vCPU would be it; whichever word of the set that bit lies in.
        if (owner < 0 || owner === member) this.add(lanes, FIRST + 2 * member, key - (firstBit >>> 5), Math.imul(sign, mix(firstOf[n]! + 0x5e7)));
        else lanes[CROSS] = lanes[CROSS]! + sign;
      }
      this.add(lanes, owner < 0 ? SHARED : FIRST + 2 * owner, key, Math.imul(sign, scramble(others)));
      return;
    }
    const kind = type === QUEUE ? 0 : type - ACTOR;
    const shift = kind === 0 ? 0 : 1;
    const n = Math.abs(value) - shift;
    const member = this.memberOf[kind]![n] ?? -1;
    const named = member < 0 ? value : value < 0 ? -(this.firstOf[kind]![n]! + shift) : this.firstOf[kind]![n]! + shift;
    if (member >= 0 && owner >= 0 && owner !== member) {
      lanes[CROSS] = lanes[CROSS]! + sign;
      return;
    }
    const at = member >= 0 ? member : owner;
    this.add(lanes, at < 0 ? SHARED : FIRST + 2 * at, key, Math.imul(sign, scramble(named)));
  }

  /** The hash of the state that has these lanes, into `low` and `high`. */
  fold(lanes: Int32Array): void {
    if (lanes[CROSS] !== 0) {
      this.low = mix(lanes[0]!);
      this.high = mix(lanes[1]!);
      return;
    }
    let low = lanes[SHARED]!;
    let high = lanes[SHARED + 1]!;
    for (let m = 0; m < this.members.length; m++) {
      const a = lanes[FIRST + 2 * m]!;
      const b = lanes[FIRST + 2 * m + 1]!;
      const group = this.members[m]!.group;
      low = (low + mix(a ^ Math.imul(b, 0x2545f491) ^ group)) | 0;
      high = (high + mix(b ^ Math.imul(a, 0x9e3779b1) ^ ~group)) | 0;
    }
    this.low = low;
    this.high = high;
  }

  /** A row of all words in which vCPU m (a member) has become `to[m]`. */
  renamed(row: Int32Array, to: readonly number[]): Int32Array<ArrayBuffer> {
    const result = new Int32Array(row.length);
    const { cells, names } = this.renaming(to);
    for (let from = 0; from < row.length; from++) {
      const value = row[from]!;
      if (value === 0) continue;
      const at = cells[from]!;
      const type = this.type[from]!;
      if (type === PLAIN) result[at] = value;
      else if (type >= ACTORS && type <= THREADS) {
        const first = this.firstBit[from]!;
        for (let rest = value; rest !== 0; rest &= rest - 1) {
          const bit = names[type - ACTORS]![first + 31 - Math.clz32(rest & -rest)]! - first;
          // In another word of the set, if need be.
          result[at + (bit >> 5)] = result[at + (bit >> 5)]! | (1 << (bit & 31));
        }
      } else {
        const kind = type === QUEUE ? 0 : type - ACTOR;
        const shift = kind === 0 ? 0 : 1;
        const named = (names[kind]![Math.abs(value) - shift] ?? Math.abs(value) - shift) + shift;
        result[at] = value < 0 ? -named : named;
      }
    }
    return result;
  }

  /** Where each word goes, and what each actor, vCPU and thread is called then. */
  private renaming(to: readonly number[]): Renaming {
    const key = to.join();
    const known = this.made.get(key);
    if (known !== undefined) return known;
    const names = this.memberOf.map((memberOf, kind) => Int32Array.from(memberOf, (member, n) => {
      if (member < 0) return n;
      const from = this.members[member]!;
      const other = this.members[to[member]!]!;
      return kind === 0 ? other.actors[from.actors.indexOf(n)]! : kind === 1 ? other.vcpu : other.thread;
    }));
    const cells = new Int32Array(this.plan.stateWords);
    for (const { layout, dims, count, base, words } of this.plan.tables) {
      const k = layout.per.findIndex((dimension) => dimension in REFS);
      const stride = dims.slice(k + 1).reduce((product, size) => product * size, 1);
      for (let n = 0; n < count; n++) {
        const index = Math.floor(n / stride) % (dims[k] ?? 1);
        const target = k < 0 ? n : n + (names[REFS[layout.per[k]!]! - 1]![index]! - index) * stride;
        for (let offset = 0; offset < words; offset++) cells[base + n * words + offset] = base + target * words + offset;
      }
    }
    const made = { cells, names };
    this.made.set(key, made);
    return made;
  }

  /** All ways to rename: who becomes whom, by member. */
  renamings(): number[][] {
    const groups = [...new Set(this.members.map(({ group }) => group))].map((group) => this.members.flatMap((one, m) => (one.group === group ? [m] : [])));
    let all: number[][] = [this.members.map((_one, m) => m)];
    for (const group of groups) {
      all = all.flatMap((before) => permutations(group).map((order) => {
        const to = [...before];
        group.forEach((m, k) => { to[m] = order[k]!; });
        return to;
      }));
    }
    return all;
  }

  /** The least of all rows that count as the same one. */
  least(row: Int32Array): Int32Array {
    return this.renamings().map((to) => this.renamed(row, to)).reduce((one, other) => (compare(other, one) < 0 ? other : one));
  }
}

const permutations = <T>(list: readonly T[]): T[][] =>
  list.length === 0 ? [[]] : list.flatMap((one, i) => permutations([...list.slice(0, i), ...list.slice(i + 1)]).map((rest) => [one, ...rest]));

function compare(one: Int32Array, other: Int32Array): number {
  for (let k = 0; k < one.length; k++) if (one[k] !== other[k]) return one[k]! - other[k]!;
  return 0;
}

/** What the words of a field hold. */
function typeOf(layout: string, { name, spec }: PlacedField, queues: ReadonlySet<string>): number {
  if (queues.has(`${layout}.${name}`)) return QUEUE;
  if (spec.cells !== undefined) {
    if (spec.cells in REFS || (spec.ref !== undefined && spec.ref in REFS)) throw new Unrenamable(`field '${name}' of layout '${layout}' is an array over ${spec.cells}`);
    return PLAIN;
  }
  if (spec.bits !== undefined) return SETS[spec.bits] ?? PLAIN;
  return spec.ref === undefined ? PLAIN : REFS[spec.ref] ?? PLAIN;
}
