// What each word of a world names, so that vCPUs and page frames can change their names: whose word it is, what kind of name it holds,
// and which word it would be if the first vCPU of its group, or the first page, had it.

import { lockClassesOf } from '../../check/lock-classes.ts';
import type { Plan, PlacedField, PlacedTable } from '../../memory/plan.ts';

/** One of a group: a vCPU and the thread that runs it, a thread, or neither (-1), with the actors that belong to it, in the order that they
 *  have with every one of the group. */
export interface Member { readonly group: number; readonly vcpu: number; readonly thread: number; readonly actors: readonly number[] }

/** What a word holds: a plain number; a name; a set of names, 32 a word; an actor in a queue, negative for a writer. */
export const PLAIN = 0, ACTOR = 1, VCPU = 2, THREAD = 3, PFN = 4, ACTORS = 5, VCPUS = 6, THREADS = 7, PFNS = 8, QUEUE = 9;
const REFS: Readonly<Record<string, number>> = { actor: ACTOR, vcpu: VCPU, thread: THREAD, pfn: PFN };
const SETS: Readonly<Record<string, number>> = { actor: ACTORS, vcpu: VCPUS, thread: THREADS, pfn: PFNS };

/** Kinds of names, in the order of the types. */
export const ACTOR_NAME = 0, VCPU_NAME = 1, THREAD_NAME = 2, PFN_NAME = 3;
/** The kind of name in a word of this type, which is not PLAIN. */
export const kindOf = (type: number): number => (type === QUEUE ? ACTOR_NAME : type >= ACTORS ? type - ACTORS : type - ACTOR);
export const isSet = (type: number): boolean => type >= ACTORS && type <= PFNS;
/** References to actors and pages count from 1 and are their numbers; vCPUs and threads count from 0 and are stored + 1. */
export const shiftOf = (kind: number): number => (kind === VCPU_NAME || kind === THREAD_NAME ? 1 : 0);

/** A layout that cannot be renamed. */
export class Unrenamable extends Error {}

export class Naming {
  readonly plan: Plan;
  readonly members: readonly Member[];
  /** Pages that may change their names: pfn 1 to this; 0: each page keeps its own. */
  readonly pages: number;
  /** By word: the vCPU (a member) that it is of, or -1; the page (pfn - 1) that it is of, or -1. */
  readonly owner: Int16Array;
  readonly page: Int16Array;
  /** The same word of its group's first vCPU, and of the first page; what it holds; the first member of a set's word. */
  readonly canon: Int32Array;
  readonly type: Uint8Array;
  readonly firstBit: Int32Array;
  /** By kind of name and what is named: the member that it belongs to, or -1, and the same of the group's first vCPU. Of pages: pfn - 1. */
  readonly memberOf: readonly Int32Array[];
  readonly firstOf: readonly Int32Array[];

  constructor(plan: Plan, members: readonly Member[], pages: number) {
    this.plan = plan;
    this.members = members;
    this.pages = pages;
    this.owner = new Int16Array(plan.stateWords).fill(-1);
    this.page = new Int16Array(plan.stateWords).fill(-1);
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
    const { sizes } = plan;
    const pfns = Int32Array.from({ length: sizes.pfn }, (_one, pfn) => (pfn <= pages ? pfn - 1 : -1));
    const tables = [
      named(sizes.actor, ({ actors }) => actors), named(sizes.vcpu, ({ vcpu }) => (vcpu < 0 ? [] : [vcpu])), named(sizes.thread, ({ thread }) => (thread < 0 ? [] : [thread])),
      [pfns, Int32Array.from(pfns, (page, pfn) => (page < 0 ? pfn : 1))],
    ] as const;
    this.memberOf = tables.map(([memberOf]) => memberOf);
    this.firstOf = tables.map(([, firstOf]) => firstOf);
    const queues = new Set(lockClassesOf(plan).flatMap((row) => (row.kind === 'rwlock' ? [`${row.layout}.${row.queue}`] : [])));
    for (const table of plan.tables) this.placeTable(table, queues);
  }

  private placeTable(table: PlacedTable, queues: ReadonlySet<string>): void {
    const { layout, count, base, words } = table;
    if (this.members.length > 0 && layout.per.filter((dimension) => dimension in REFS && dimension !== 'pfn').length > 1) {
      throw new Unrenamable(`layout '${layout.name}' has one object for each pair of vCPUs, threads or actors`);
    }
    const sides = sidesOf(table);
    for (let n = 0; n < count; n++) {
      let owner = -1;
      let page = -1;
      let first = n;
      for (const { kind, stride, size } of sides) {
        const index = Math.floor(n / stride) % size;
        if (kind === PFN_NAME) page = this.memberOf[kind]![index]!;
        else owner = this.memberOf[kind]![index]!;
        first += (this.firstOf[kind]![index]! - index) * stride;
      }
      for (const field of table.fields) {
        const type = this.typeOf(layout.name, field, queues);
        for (let k = 0; k < field.words; k++) {
          const cell = base + n * words + field.offset + k;
          this.owner[cell] = owner;
          this.page[cell] = page;
          this.canon[cell] = base + first * words + field.offset + k;
          this.type[cell] = type;
          this.firstBit[cell] = k * 32;
        }
      }
    }
  }

  /** What the words of a field hold. */
  private typeOf(layout: string, { name, spec }: PlacedField, queues: ReadonlySet<string>): number {
    if (queues.has(`${layout}.${name}`)) return QUEUE;
    // What keeps its name is a plain number.
    const named = (what: string | undefined, types: Readonly<Record<string, number>>): number =>
      (what === undefined || (what === 'pfn' ? this.pages === 0 : this.members.length === 0) ? PLAIN : types[what] ?? PLAIN);
    if (spec.cells !== undefined) {
      if (named(spec.cells, REFS) !== PLAIN || named(spec.ref, REFS) !== PLAIN) throw new Unrenamable(`field '${name}' of layout '${layout}' is an array over ${spec.cells}`);
      return PLAIN;
    }
    return spec.bits === undefined ? named(spec.ref, REFS) : named(spec.bits, SETS);
  }
}

/** The dimensions of a table whose members have names that may change: the kind of name, objects from one member to the next, members. */
export const sidesOf = ({ layout, dims }: PlacedTable): { readonly kind: number; readonly stride: number; readonly size: number }[] =>
  layout.per.flatMap((dimension, k) => (dimension in REFS
    ? [{ kind: REFS[dimension]! - ACTOR, stride: dims.slice(k + 1).reduce((product, size) => product * size, 1), size: dims[k]! }] : []));
