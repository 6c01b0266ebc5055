// Page frames as the heat map shows them: what is in each, who has it, what is wrong with it, which folio it is a page of.

import type { Naming, Reader } from './reader.ts';

/** What lies in a frame. */
export type Content = 'free' | 'zero' | 'host' | 'vm' | 'poison';

export interface FrameView {
  readonly pfn: number;
  readonly content: Content;
  /** `vm 0: 7`, as far as it says more than the kind. */
  readonly text: string;
  /** Of the folio, and said at its first page. */
  readonly refcount: number;
  readonly locked: string | undefined;
  readonly hwpoison: boolean;
  /** Page of a file: inode and index. */
  readonly file: string;
  /** First page of the folio, and how many pages it has. */
  readonly head: number;
  readonly pages: number;
  /** SPTEs and TLB entries, host page-table entries, registers that name it. */
  readonly guest: number;
  readonly host: number;
  readonly registers: number;
  /** Who has it pinned, each as often as it has. */
  readonly pins: readonly string[];
  /** It lies in a per-CPU batch on its way to the LRU list, which holds a reference. */
  readonly batch: boolean;
  readonly changed: boolean;
}

/** Layouts through which guests reach a frame, and through which the host does; registers of a device in which it keeps a page. */
const GUEST = /^(?:spte|tlb)/, HOST = /^hpte/, PIN = /^pin\d+$/;

/** Where something names a frame: layout, number of the object, field. */
export interface NamedBy { readonly layout: string; readonly object: number; readonly field: string }

const isPin = ({ layout, field }: NamedBy): boolean => layout === 'frame' && PIN.test(field);

/** Is a page frame in use, as the allocator has it? */
export function isUsed(reader: Reader, pfn: number): boolean {
  const buddy = reader.table('buddy');
  return buddy === undefined || (reader.world.words[buddy.base + (pfn >> 5)]! & (1 << (pfn & 31))) !== 0;
}

/** The first page of the folio that a page is one of. */
export function headOf(reader: Reader, pfn: number): number {
  const folio = reader.table('folio');
  return folio === undefined ? pfn : reader.raw(folio, pfn, 'head') || pfn;
}

/** One page frame. */
export function frameView(reader: Reader, pfn: number, namedBy: readonly NamedBy[]): FrameView {
  const { facts, words } = reader.world;
  const of = (name: string, field: string, object = pfn): number => {
    const table = reader.table(name);
    return table === undefined ? 0 : reader.raw(table, object, field);
  };
  const inUse = isUsed(reader, pfn);
  const tag = (['zero', 'host', 'vm', 'poison'] as const)[of('page', 'tag')] ?? 'zero';
  const head = headOf(reader, pfn);
  const [value, owner, mapping, hwpoison] = [of('page', 'value'), of('folio_lock', 'owner', head), of('folio', 'mapping', head), of('folio', 'hwpoison') !== 0];
  const count = (kind: RegExp): number => namedBy.filter((one) => kind.test(one.layout)).length;
  const pins = namedBy.filter(isPin);
  const batch = reader.table('lru_batch');
  return {
    pfn, content: !inUse ? 'free' : hwpoison ? 'poison' : tag,
    text: !inUse ? 'free' : tag === 'vm' ? `vm ${of('page', 'writer')}: ${value}` : tag === 'host' ? `host: ${value}` : tag,
    refcount: of('folio_ref', 'refcount'), locked: owner === 0 ? undefined : reader.actor(owner), hwpoison,
    file: mapping === 0 ? '' : `inode ${mapping}, index ${facts.indexes.real(of('folio', 'index', head) + (pfn - head))}`,
    head, pages: inUse ? 1 << of('folio', 'order', head) : 1,
    guest: count(GUEST), host: count(HOST), registers: count(/^frame$/) - pins.length,
    pins: pins.map(({ object }) => reader.actor(object)),
    batch: batch !== undefined && (words[batch.base + (head >> 5)]! & (1 << (head & 31))) !== 0,
    changed: reader.changedFrames.has(pfn),
  };
}

/** How many page frames there are, how many are free, and those to show: all of them, or if there are more than `most`, the first ones that are in use. */
export function frameViews(reader: Reader, namings: ReadonlyMap<number, readonly Naming[]>, most: number): { readonly count: number; readonly free: number; readonly shown: readonly FrameView[] } {
  const count = Math.max(0, reader.world.plan.sizes.pfn - 1);
  const used: number[] = [];
  for (let pfn = 1; pfn <= count; pfn++) if (isUsed(reader, pfn)) used.push(pfn);
  const changedAndFree = [...reader.changedFrames].filter((pfn) => !isUsed(reader, pfn));
  const shown = count <= most ? Array.from({ length: count }, (_one, k) => k + 1) : [...used, ...changedAndFree].slice(0, most);
  return { count, free: count - used.length, shown: shown.map((pfn) => frameView(reader, pfn, namedBy(namings, pfn))) };
}

/** What names a frame. */
export const namedBy = (namings: ReadonlyMap<number, readonly Naming[]>, pfn: number): NamedBy[] => (namings.get(pfn) ?? []).map(({ table, object, field }) => ({ layout: table.layout.name, object, field: field.name }));

/** A frame in one sentence. */
export function frameSentence(one: FrameView): string {
  if (one.content === 'free') return `pfn ${one.pfn}: free${one.refcount === 0 ? '' : `, and yet ${one.refcount} references`}${one.guest > 0 ? `, and yet guests map it` : ''}`;
  const references = one.head !== one.pfn ? `of the folio at pfn ${one.head}` : `${one.refcount} ${one.refcount === 1 ? 'reference' : 'references'}`;
  return [
    `pfn ${one.pfn}: ${one.text}`, references, ...(one.pages > 1 && one.head === one.pfn ? [`a folio of ${one.pages} pages`] : []), ...(one.file === '' ? [] : [one.file]), ...(one.hwpoison ? ['poisoned'] : []),
    ...(one.locked === undefined ? [] : [`locked by ${one.locked}`]), ...mappedBy(one),
  ].join(', ');
}

/** Who reaches a frame: guests, the host, devices. */
export function mappedBy({ guest, host, pins, batch }: FrameView): string[] {
  return [
    ...(guest > 0 ? [`${guest} guest ${guest === 1 ? 'mapping' : 'mappings'}`] : []), ...(host > 0 ? [`mapped by the host${host === 1 ? '' : ` ${host} times`}`] : []),
    ...(pins.length > 0 ? [`pinned by ${pins.join(', ')}`] : []), ...(batch ? ['in a batch on its way to the LRU list'] : []),
  ];
}

/** Frames in the order given, those of one folio of several pages together. */
export function folios(frames: readonly FrameView[]): (readonly FrameView[])[] {
  const groups: FrameView[][] = [];
  for (const frame of frames) {
    const last = groups.at(-1);
    if (frame.pages > 1 && last !== undefined && last[0]!.pages > 1 && last[0]!.head === frame.head) last.push(frame);
    else groups.push([frame]);
  }
  return groups;
}
