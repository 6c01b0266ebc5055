// Whole states with vCPUs and page frames renamed, and the least of all that renaming makes of one: what hashes with lanes (symmetry.ts) are
// held against, and how a kernel is tried.

import { isSet, kindOf, PFN_NAME, PLAIN, shiftOf, sidesOf, type Naming } from './naming.ts';

/** Who becomes whom: vCPUs by member, pages by pfn - 1. */
export interface Renaming { readonly vcpus: readonly number[]; readonly pages: readonly number[] }

/** Where each word goes, and what everything is called then, by kind of name. */
interface Made { readonly cells: Int32Array; readonly names: readonly Int32Array[] }

export class Renamer {
  private readonly naming: Naming;
  private readonly made = new WeakMap<Renaming, Made>();
  private all: readonly Renaming[] | undefined;

  constructor(naming: Naming) {
    this.naming = naming;
  }

  /** Nobody becomes anybody else. */
  get nothing(): Renaming {
    return { vcpus: this.naming.members.map((_one, m) => m), pages: Array.from({ length: this.naming.pages }, (_one, page) => page) };
  }

  /** A row of all state words, renamed. */
  renamed(row: Int32Array, to: Renaming): Int32Array<ArrayBuffer> {
    const result = new Int32Array(row.length);
    const { cells, names } = this.madeOf(to);
    const { type: types, firstBit } = this.naming;
    for (let from = 0; from < row.length; from++) {
      const value = row[from]!;
      if (value === 0) continue;
      const at = cells[from]!;
      const type = types[from]!;
      if (type === PLAIN) result[at] = value;
      else if (isSet(type)) {
        const first = firstBit[from]!;
        for (let rest = value; rest !== 0; rest &= rest - 1) {
          const bit = names[kindOf(type)]![first + 31 - Math.clz32(rest & -rest)]! - first;
          // In another word of the set, if need be.
          result[at + (bit >> 5)] = result[at + (bit >> 5)]! | (1 << (bit & 31));
        }
      } else {
        const shift = shiftOf(kindOf(type));
        const named = (names[kindOf(type)]![Math.abs(value) - shift] ?? Math.abs(value) - shift) + shift;
        result[at] = value < 0 ? -named : named;
      }
    }
    return result;
  }

  /** The actor that becomes of an actor. */
  actor(to: Renaming, actor: number): number {
    return this.madeOf(to).names[0]![actor]!;
  }

  private madeOf(to: Renaming): Made {
    const known = this.made.get(to);
    if (known !== undefined) return known;
    const { members, memberOf, plan } = this.naming;
    const names = memberOf.map((of, kind) => Int32Array.from(of, (member, n) => {
      if (member < 0) return n;
      if (kind === PFN_NAME) return to.pages[member]! + 1;
      const from = members[member]!;
      const other = members[to.vcpus[member]!]!;
      return kind === 0 ? other.actors[from.actors.indexOf(n)]! : kind === 1 ? other.vcpu : other.thread;
    }));
    const cells = new Int32Array(plan.stateWords);
    for (const table of plan.tables) {
      const { count, base, words } = table;
      const sides = sidesOf(table);
      for (let n = 0; n < count; n++) {
        const target = sides.reduce((at, { kind, stride, size }) => {
          const index = Math.floor(n / stride) % size;
          return at + (names[kind]![index]! - index) * stride;
        }, n);
        for (let offset = 0; offset < words; offset++) cells[base + n * words + offset] = base + target * words + offset;
      }
    }
    const made = { cells, names };
    this.made.set(to, made);
    return made;
  }

  /** How many ways to rename there are. */
  static waysOf({ members, pages }: Pick<Naming, 'members' | 'pages'>): number {
    const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
    const groups = new Map<number, number>();
    for (const { group } of members) groups.set(group, (groups.get(group) ?? 0) + 1);
    return [...groups.values()].reduce((ways, size) => ways * factorial(size), factorial(pages));
  }

  private renamings(): readonly Renaming[] {
    const { members } = this.naming;
    const { vcpus, pages } = this.nothing;
    const groups = [...new Set(members.map(({ group }) => group))].map((group) => members.flatMap((one, m) => (one.group === group ? [m] : [])));
    let all: (readonly number[])[] = [vcpus];
    for (const group of groups) {
      all = all.flatMap((before) => permutations(group).map((order) => {
        const to = [...before];
        group.forEach((m, k) => { to[m] = order[k]!; });
        return to;
      }));
    }
    return permutations(pages).flatMap((order) => all.map((to) => ({ vcpus: to, pages: order })));
  }

  /** The least of all rows that count as the same one. */
  least(row: Int32Array): Int32Array {
    this.all ??= this.renamings();
    return this.all.map((to) => this.renamed(row, to)).reduce((one, other) => (compare(other, one) < 0 ? other : one));
  }
}

const permutations = <T>(list: readonly T[]): T[][] =>
  list.length === 0 ? [[]] : list.flatMap((one, i) => permutations([...list.slice(0, i), ...list.slice(i + 1)]).map((rest) => [one, ...rest]));

function compare(one: Int32Array, other: Int32Array): number {
  for (let k = 0; k < one.length; k++) if (one[k] !== other[k]) return one[k]! - other[k]!;
  return 0;
}
