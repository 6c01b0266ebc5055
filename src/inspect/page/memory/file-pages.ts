// The pages of files as the inspector shows them: what the file, or the VM's attribute, says of each, which folio backs it, who has it mapped or pinned.

import { SHAREABILITY_GUEST } from '../../../memory/layouts/shareability.ts';
import type { PlacedTable } from '../../../memory/plan.ts';
import { frameView, headOf, mappedBy, namedBy, type FrameView } from './frames.ts';
import type { Naming, Reader } from './reader.ts';

/** Who may use a page: the guest alone, or the host too. */
export type Privacy = 'private' | 'shared';

export interface FilePage {
  /** Index in the file, as people count. */
  readonly index: string;
  readonly privacy: Privacy | undefined;
  /** Actors that are converting it: it stands on their work lists. */
  readonly converting: readonly string[];
  /** Its page frame; nothing where the page cache has none. */
  readonly frame: FrameView | undefined;
  /** `gfn 5 of vm 0`, as far as a file of the inode is bound there. */
  readonly gfns: readonly string[];
  /** Host page-table entries that map it, by their names. */
  readonly hptes: readonly string[];
  /** The step under the cursor changed what is said here. */
  readonly changed: boolean;
}

export interface FileView {
  readonly inode: number;
  readonly pages: number;
  /** Pages in the order of the file, those of one folio together. */
  readonly blocks: readonly (readonly FilePage[])[];
  /** Pages that are not shown. */
  readonly more: number;
}

/** A field of a table by its place; -1 where the kernel has no such field. */
const offsetOf = (table: PlacedTable | undefined, field: string): number => table?.fields.find(({ name }) => name === field)?.offset ?? -1;

/** Files whose inode lives, `most` pages of all of them at most: of a file with more, those that have a page frame. */
export function fileViews(reader: Reader, namings: ReadonlyMap<number, readonly Naming[]>, most: number): FileView[] {
  const inodes = reader.table('inode');
  const cache = reader.table('cache');
  if (inodes === undefined || cache === undefined) return [];
  const [live, size] = [offsetOf(inodes, 'live'), offsetOf(inodes, 'i_size')];
  const { words } = reader.world;
  const files: FileView[] = [];
  let left = most;
  for (let inode = 1; inode < inodes.count; inode++) {
    const base = inodes.base + inode * inodes.words;
    if (live >= 0 && words[base + live] === 0) continue;
    const pages = words[base + size]!;
    const first = cache.base + inode * cache.dims[1]! * cache.words;
    const has = (index: number): boolean => words[first + index * cache.words] !== 0;
    const all = Array.from({ length: pages }, (_one, index) => index);
    const shown = (pages <= left ? all : all.filter(has)).slice(0, left);
    left -= shown.length;
    files.push({ inode, pages, blocks: blocksOf(reader, shown.map((index) => pageOf(reader, namings, inode, index, words[first + index * cache.words]!))), more: pages - shown.length });
  }
  return files;
}

/** Pages of one folio together. */
function blocksOf(reader: Reader, pages: readonly FilePage[]): FilePage[][] {
  const blocks: FilePage[][] = [];
  let head = 0;
  for (const page of pages) {
    const own = page.frame === undefined ? 0 : headOf(reader, page.frame.pfn);
    if (own !== 0 && own === head) blocks.at(-1)!.push(page);
    else blocks.push([page]);
    head = own;
  }
  return blocks;
}

function pageOf(reader: Reader, namings: ReadonlyMap<number, readonly Naming[]>, inode: number, index: number, pfn: number): FilePage {
  const { facts } = reader.world;
  const named = namings.get(pfn) ?? [];
  const frame = pfn === 0 ? undefined : frameView(reader, pfn, namedBy(namings, pfn));
  const said = statedOf(reader, inode, index);
  const bound = boundTo(reader, inode, index);
  const cache = reader.table('cache')!;
  const mappings = named.filter(({ table: { layout } }) => /^(?:hpte|spte)/.test(layout.name));
  return {
    index: String(facts.indexes.real(index)),
    privacy: said?.privacy ?? attributeOf(reader, bound), converting: convertersOf(reader, inode, index),
    frame, gfns: bound.map(({ vm, gfn }) => `gfn ${facts.gfns.real(gfn)} of vm ${vm}`),
    hptes: named.filter(({ table: { layout } }) => layout.name === 'hpte').map(({ id }) => reader.name(id)),
    changed: frame?.changed === true || said?.changed === true || reader.isChanged(cache.firstId + inode * cache.dims[1]! + index) || mappings.some(({ id }) => reader.isChanged(id)),
  };
}

/** What the file keeps of a page: the range of its maple tree that holds it. */
function statedOf(reader: Reader, inode: number, index: number): { readonly privacy: Privacy | undefined; readonly changed: boolean } | undefined {
  const table = reader.table('shareability');
  if (table === undefined) return undefined;
  const size = table.dims[1]!;
  for (let start = index; start >= 0; start--) {
    const object = inode * size + start;
    const behind = reader.raw(table, object, 'behind');
    if (behind === 0) continue;
    const value = reader.raw(table, object, 'value');
    return { privacy: behind <= index || value === 0 ? undefined : value === SHAREABILITY_GUEST ? 'private' : 'shared', changed: reader.isChanged(table.firstId + object) };
  }
  return undefined;
}

/** Where the page is in guests: by the bindings of the inode's files. */
function boundTo(reader: Reader, inode: number, index: number): { readonly vm: number; readonly gfn: number }[] {
  const [files, bindings, slots] = ['file', 'binding', 'memslot'].map((name) => reader.table(name));
  if (files === undefined || bindings === undefined || slots === undefined) return [];
  const found: { vm: number; gfn: number }[] = [];
  for (let file = 1; file < files.count; file++) {
    if (reader.raw(files, file, 'inode') !== inode) continue;
    const slot = reader.raw(bindings, file * bindings.dims[1]! + index, 'slot');
    if (slot === 0) continue;
    const of = (field: string): number => reader.raw(slots, slot, field);
    found.push({ vm: of('kvm') - 1, gfn: of('base_gfn') + index - of('pgoff') });
  }
  return found.filter(({ vm }) => vm >= 0);
}

/** What the attribute of the gfn says, where the file does not. */
function attributeOf(reader: Reader, bound: readonly { readonly vm: number; readonly gfn: number }[]): Privacy | undefined {
  const attributes = reader.table('mem_attr');
  const first = bound[0];
  if (attributes === undefined || first === undefined || reader.world.facts.config.shareability !== undefined) return undefined;
  return reader.raw(attributes, first.vm * attributes.dims[1]! + first.gfn, 'attributes') === 0 ? 'shared' : 'private';
}

/** Actors on whose work list for this file an index stands. */
function convertersOf(reader: Reader, inode: number, index: number): string[] {
  const [table, frames] = [reader.table('convert_work'), reader.table('frame')];
  if (table === undefined || frames === undefined) return [];
  const offset = offsetOf(table, 'indexes');
  const found: string[] = [];
  for (let actor = 1; actor < table.count; actor++) {
    const listed = (reader.world.words[table.base + actor * table.words + offset + (index >> 5)]! & (1 << (index & 31))) !== 0;
    if (listed && reader.raw(frames, actor, 'inode') === inode) found.push(reader.actor(actor));
  }
  return found;
}

/** A page of a file in one sentence. */
export function pageSentence(inode: number, { index, privacy, converting, frame, gfns, hptes }: FilePage): string {
  return [
    `page ${index} of inode ${inode}: ${privacy ?? 'nobody says whether it is private'}`, ...converting.map((one) => `being converted by ${one}`), ...gfns,
    ...(frame === undefined ? ['no page frame'] : [`pfn ${frame.pfn}`, frame.text, ...(frame.head === frame.pfn ? [`${frame.refcount} ${frame.refcount === 1 ? 'reference' : 'references'}`] : []),
      ...mappedBy({ ...frame, host: 0 }), ...hptes.map((one) => `mapped by ${one}`), ...(frame.locked === undefined ? [] : [`locked by ${frame.locked}`]), ...(frame.hwpoison ? ['poisoned'] : [])]),
  ].join(', ');
}
