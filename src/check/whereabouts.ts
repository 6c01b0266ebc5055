// What of a large world is where, kept step by step, so that no check has to walk over everything: who maps a page, what a page table or
// a TLB has, which memslot is bound where, who has an invalidation open, who holds folio locks. Derived from memory, and from it alone.

import { Lists } from './lists.ts';
import type { Plan, PlacedTable } from '../memory/plan.ts';
import type { Words } from '../memory/views.ts';

/** Objects of a world from which on it pays to keep this. */
export const LARGE = 65_536;

export const SPTE = 0, TLB = 1, HPTE = 2, CACHE = 3, HUGE = 4;
/** Tables of what maps a page, by their kind. */
const MAPPERS = ['spte', 'tlb', 'hpte', 'cache', 'spte_huge'] as const;

/** A field of a table's objects, by words. */
interface Column { readonly table: PlacedTable; readonly at: number }

/** Who can say of a world what is where. `places` are numbers from 1; `kind`, `a`, `b`, `c` say which object each is. */
export class Whereabouts {
  /** Places by the page that they map, a huge leaf by its first page. */
  readonly byPage: Lists;
  /** Leaves and TLB entries that map something: by `leafRow` and `tlbRow`. */
  readonly byRow: Lists;
  /** Entries of `binding` by memslot: file × indices + index, + 1. */
  readonly bindings: Lists;
  /** Open invalidations by VM + 1: VM × actors + actor, + 1. */
  readonly open: Lists;
  /** Folio locks by owner: pfn + 1. */
  readonly folioLocks: Lists;
  /** Pages that were lost to a memory failure. */
  readonly poisoned = new Set<number>();
  /** TLB entries for free pages that nobody can use yet: looked at again whenever a page becomes free. */
  readonly excused = new Set<number>();
  /** By inode: a binding of one of its files was not judged, because its lock was held. */
  readonly unjudged: Uint8Array;
  /** By place in the page cache, from its first: the page that was there before. */
  private readonly replaced: Int32Array;
  private readonly words: Words;
  private readonly mappers: readonly Column[];
  private readonly firstPlace: readonly number[];
  private readonly binding: Column;
  private readonly ghost: Column;
  private readonly lock: Column;
  private readonly hwpoison: Column;
  private readonly tables: ReadonlyMap<PlacedTable, (element: number) => void>;
  private readonly tlbRows: number;

  constructor(plan: Plan, words: Words) {
    this.words = words;
    const columnOf = (name: string, field: string): Column => {
      const table = plan.byName.get(name)!;
      return { table, at: table.base + table.fields.find((one) => one.name === field)!.offset };
    };
    this.mappers = MAPPERS.map((name) => columnOf(name, 'pfn'));
    const firstPlace = [1];
    for (const { table } of this.mappers) firstPlace.push(firstPlace.at(-1)! + table.count);
    this.firstPlace = firstPlace;
    const places = firstPlace.at(-1)! - 1;
    const { vm, root, vcpu } = plan.sizes;
    this.byPage = new Lists(places, plan.sizes.pfn + 1);
    this.tlbRows = 1 + 2 * vm * root;
    this.byRow = new Lists(places, this.tlbRows + vcpu);
    this.replaced = new Int32Array(this.mappers[CACHE]!.table.count);
    this.binding = columnOf('binding', 'slot');
    this.bindings = new Lists(this.binding.table.count, plan.sizes.slot + 1);
    this.ghost = columnOf('open_invalidation', 'open');
    this.open = new Lists(this.ghost.table.count, vm + 1);
    this.lock = columnOf('folio_lock', 'owner');
    this.folioLocks = new Lists(this.lock.table.count, plan.sizes.actor + 1);
    this.hwpoison = columnOf('folio', 'hwpoison');
    this.unjudged = new Uint8Array(plan.sizes.inode);
    const notes: (readonly [Column, (element: number) => void])[] = [
      ...this.mappers.map((mapper, kind) => [mapper, (element: number) => this.noteMapper(kind, element)] as const),
      [this.binding, (element) => this.bindings.set(element + 1, this.load(this.binding, element))],
      [this.ghost, (element) => this.open.set(element + 1, this.load(this.ghost, element) === 0 ? 0 : Math.floor(element / plan.sizes.actor) + 1)],
      [this.lock, (element) => this.folioLocks.set(element + 1, this.load(this.lock, element))],
      [this.hwpoison, (pfn) => { if (this.load(this.hwpoison, pfn) !== 0) this.poisoned.add(pfn); else this.poisoned.delete(pfn); }],
    ];
    this.tables = new Map(notes.map(([{ table }, note]) => [table, note]));
    for (const [column, note] of notes) for (let element = 0; element < column.table.count; element++) if (this.load(column, element) !== 0) note(element);
  }

  /** What to call when object `element` of a table was written; nothing for tables that do not matter. */
  noteOf(table: PlacedTable): ((element: number) => void) | undefined {
    return this.tables.get(table);
  }

  private load({ table, at }: Column, element: number): number {
    return this.words[at + element * table.words]!;
  }

  private noteMapper(kind: number, element: number): void {
    const pfn = this.load(this.mappers[kind]!, element);
    const place = this.firstPlace[kind]! + element;
    if (kind === CACHE) this.replaced[element] = this.byPage.of(place);
    this.byPage.set(place, pfn);
    if (kind === HPTE || kind === CACHE) return;
    const row = Math.floor(element / this.mappers[kind]!.table.dims.at(-1)!);
    this.byRow.set(place, pfn === 0 ? 0 : kind === TLB ? this.tlbRow(row) : kind === SPTE ? 1 + 2 * row : 2 + 2 * row);
  }

  /** Row of the 4K leaves, or of the huge ones, of a root page table: VM × roots + root. */
  leafRow(table: number, huge: boolean): number {
    return huge ? 2 + 2 * table : 1 + 2 * table;
  }

  /** Row of a vCPU's TLB. */
  tlbRow(vcpu: number): number {
    return this.tlbRows + vcpu;
  }

  /** The page that was at this place of the page cache before the last write to it. */
  replacedAt(inode: number, index: number): number {
    return this.replaced[inode * this.mappers[CACHE]!.table.dims[1]! + index]!;
  }

  /** What a place is. */
  kind(place: number): number {
    let kind = 0;
    while (place >= this.firstPlace[kind + 1]!) kind++;
    return kind;
  }

  /** The last index of a place: gfn, hva, index, huge page. */
  last(place: number, kind: number): number {
    const { dims } = this.mappers[kind]!.table;
    return (place - this.firstPlace[kind]!) % dims.at(-1)!;
  }

  /** The indices in front of it, as one number: VM × roots + root, vCPU, inode; 0 for a host page. */
  row(place: number, kind: number): number {
    const { dims } = this.mappers[kind]!.table;
    return Math.floor((place - this.firstPlace[kind]!) / dims.at(-1)!);
  }

  /** The first place with this page, or behind `place`, that is of one of the kinds (a bit each); 0: none. */
  nextOf(kinds: number, place: number): number {
    let at = place;
    while (at !== 0 && (kinds & (1 << this.kind(at))) === 0) at = this.byPage.next(at);
    return at;
  }
}
