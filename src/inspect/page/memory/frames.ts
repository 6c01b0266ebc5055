// Page frames as the heat map shows them: what is in each, who has it, what is wrong with it.

import type { Naming, Reader } from './reader.ts';

/** What lies in a frame. */
export type Content = 'free' | 'zero' | 'host' | 'vm' | 'poison';

export interface FrameView {
  readonly pfn: number;
  readonly content: Content;
  /** `vm 0: 7`, as far as it says more than the kind. */
  readonly text: string;
  readonly refcount: number;
  readonly locked: string | undefined;
  readonly hwpoison: boolean;
  /** Page of a file: inode and index. */
  readonly file: string;
  /** SPTEs and TLB entries, host page-table entries, registers that name it. */
  readonly guest: number;
  readonly host: number;
  readonly registers: number;
  readonly changed: boolean;
}

/** Layouts through which guests reach a frame, and through which the host does. */
const GUEST = /^(?:spte|tlb)/, HOST = /^hpte/;

/** Names of the layouts whose objects name a frame, each as often as it does. */
export type NamedBy = readonly string[];

/** One page frame. */
export function frameView(reader: Reader, pfn: number, namedBy: NamedBy): FrameView {
  const { facts } = reader.world;
  const of = (name: string, field: string): number => {
    const table = reader.table(name);
    return table === undefined ? 0 : reader.raw(table, pfn, field);
  };
  const buddy = reader.table('buddy');
  const inUse = buddy === undefined || (reader.world.words[buddy.base + (pfn >> 5)]! & (1 << (pfn & 31))) !== 0;
  const tag = (['zero', 'host', 'vm', 'poison'] as const)[of('page', 'tag')] ?? 'zero';
  const [value, owner, mapping, hwpoison] = [of('page', 'value'), of('folio_lock', 'owner'), of('folio', 'mapping'), of('folio', 'hwpoison') !== 0];
  const count = (kind: RegExp): number => namedBy.filter((name) => kind.test(name)).length;
  return {
    pfn, content: !inUse ? 'free' : hwpoison ? 'poison' : tag,
    text: !inUse ? 'free' : tag === 'vm' ? `vm ${of('page', 'writer')}: ${value}` : tag === 'host' ? `host: ${value}` : tag,
    refcount: of('folio_ref', 'refcount'), locked: owner === 0 ? undefined : reader.actor(owner), hwpoison,
    file: mapping === 0 ? '' : `inode ${mapping}, index ${facts.indexes.real(of('folio', 'index'))}`,
    guest: count(GUEST), host: count(HOST), registers: count(/^frame$/),
    changed: reader.changedFrames.has(pfn),
  };
}

/** How many page frames there are, how many are free, and those to show: all of them, or if there are more than `most`, the first ones that are in use. */
export function frameViews(reader: Reader, namings: ReadonlyMap<number, readonly Naming[]>, most: number): { readonly count: number; readonly free: number; readonly shown: readonly FrameView[] } {
  const { plan, words } = reader.world;
  const count = Math.max(0, plan.sizes.pfn - 1);
  const buddy = reader.table('buddy');
  const used: number[] = [];
  const free: number[] = [];
  for (let pfn = 1; pfn <= count; pfn++) (buddy === undefined || (words[buddy.base + (pfn >> 5)]! & (1 << (pfn & 31))) !== 0 ? used : free).push(pfn);
  const shown = count <= most ? Array.from({ length: count }, (_one, k) => k + 1) : [...used, ...[...reader.changedFrames].filter((pfn) => free.includes(pfn))].slice(0, most);
  return { count, free: free.length, shown: shown.map((pfn) => frameView(reader, pfn, namedBy(namings, pfn))) };
}

/** Layouts that name a frame. */
export const namedBy = (namings: ReadonlyMap<number, readonly Naming[]>, pfn: number): string[] => (namings.get(pfn) ?? []).map(({ table }) => table.layout.name);

/** A frame in one sentence. */
export function frameSentence(one: FrameView): string {
  if (one.content === 'free') return `pfn ${one.pfn}: free${one.refcount === 0 ? '' : `, and yet ${one.refcount} references`}${one.guest > 0 ? `, and yet guests map it` : ''}`;
  return [
    `pfn ${one.pfn}: ${one.text}`, `${one.refcount} ${one.refcount === 1 ? 'reference' : 'references'}`, ...(one.file === '' ? [] : [one.file]), ...(one.hwpoison ? ['poisoned'] : []),
    ...(one.locked === undefined ? [] : [`locked by ${one.locked}`]), ...(one.guest > 0 ? [`${one.guest} guest ${one.guest === 1 ? 'mapping' : 'mappings'}`] : []), ...(one.host > 0 ? ['mapped by the host'] : []),
  ].join(', ');
}
