// Mappings of the VMM's process: what is mapped where, what a page of it allows, and which page of a file is behind it.

import { VM_EXEC, VM_NO_READ, VM_NO_WRITE } from '../memory/layouts/host.ts';
import { add, fromBig, PAGE_SHIFT, pageNumber, pair, sub, toBig, type Pair } from '../memory/u64.ts';
import type { Facts, World } from '../memory/world.ts';

/** TASK_SIZE_MAX of four-level paging, in bytes. */
export const TASK_SIZE = (1n << 47n) - 4096n;
/** PROT_READ, PROT_WRITE, PROT_EXEC. */
export const PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4;

/** vma_lookup: is there a mapping at this host page? */
export function isMapped({ facts, vma }: World, hva: number): boolean {
  const region = facts.regionOfHva[hva] ?? -1;
  if (region < 0) return false;
  const { mapped, holes } = vma(region);
  return mapped !== 0 && !holes.has(hva);
}

/** Flags of pages that are mapped with this protection. */
export const flagsOf = (prot: number): number =>
  ((prot & PROT_READ) === 0 ? VM_NO_READ : 0) | ((prot & PROT_WRITE) === 0 ? VM_NO_WRITE : 0) | ((prot & PROT_EXEC) !== 0 ? VM_EXEC : 0);

/** access_error of x86: a page that may be written or executed may be read. */
export const allows = (flags: number, write: boolean): boolean =>
  (write ? (flags & VM_NO_WRITE) === 0 : (flags & (VM_NO_READ | VM_NO_WRITE)) !== (VM_NO_READ | VM_NO_WRITE) || (flags & VM_EXEC) !== 0);

/** check_vma_flags of get_user_pages: what the mapping says is what counts. */
export const allowsGup = (flags: number, write: boolean): boolean => (flags & (write ? VM_NO_WRITE : VM_NO_READ)) === 0;

/** Number of the file behind a mapped host page, 0 for anonymous memory. */
export const fileAt = ({ facts, mapping }: World, hva: number): number => mapping(facts.regionOfHva[hva]!).file;

/** Offset in its file, in bytes, of the page at `hva`, which lies in a region that maps a file. */
export function fileOffset({ facts, mapping }: World, hva: number): Pair {
  const region = facts.regionOfHva[hva]!;
  const { offset_lo, offset_hi } = mapping(region);
  return add(pair(offset_lo, offset_hi), fromBig(BigInt(hva - facts.regionAt[region]!.first) << BigInt(PAGE_SHIFT)));
}

/** Index of the file's page at `hva`, as a compact number; -1 for one that no file of the scenario has. */
export const indexAt = (world: World, hva: number): number => world.facts.indexes.find(BigInt(pageNumber(fileOffset(world, hva))));

/** The next host page from `from` on that stands for this page of a file in a region; -1 when there is no other (vma_interval_tree_foreach).
 *  Whether it has a page-table entry, the caller looks. */
export function nextMapped(world: World, inode: number, index: number, from: number): number {
  const { facts, mapping } = world;
  const at = fromBig(facts.indexes.real(index) << BigInt(PAGE_SHIFT));
  for (let region = 0; region < facts.regionAt.length; region++) {
    const { first, pages } = facts.regionAt[region]!;
    if (first + pages <= from) continue;
    const { file, inode: of, offset_lo, offset_hi } = mapping(region);
    if (file === 0 || of !== inode) continue;
    const page = toBig(sub(at, pair(offset_lo, offset_hi))) >> BigInt(PAGE_SHIFT);
    const hva = first + Number(page);
    if (page < BigInt(pages) && hva >= from) return hva;
  }
  return -1;
}

/** Is nothing of the region mapped any more, or not yet? */
export function isFree(world: World, region: number): boolean {
  const { mapped, holes } = world.vma(region);
  if (mapped === 0) return true;
  const { first, pages } = world.facts.regionAt[region]!;
  for (let hva = first; hva < first + pages; hva++) if (!holes.has(hva)) return false;
  return true;
}

/** Address of a region's first page, in bytes. */
export const addressOf = ({ hvas, regionAt }: Facts, region: number): Pair => fromBig(hvas.real(regionAt[region]!.first) << BigInt(PAGE_SHIFT));

/** Host pages that [start, start + length) touches, as compact numbers; `whole`: the scenario knows them all, there is no gap between regions. */
export function pagesOf({ facts }: World, start: Pair, length: bigint): { first: number; behind: number; whole: boolean } {
  const from = BigInt(pageNumber(start));
  const to = (toBig(start) + length + 4095n) >> BigInt(PAGE_SHIFT);
  const first = facts.hvas.lowerBound(Number(from));
  const behind = facts.hvas.lowerBound(Number(to));
  return { first, behind, whole: BigInt(behind - first) === to - from };
}

/** Whole pages that hold so many bytes, in bytes. */
export const roundUp = (bytes: bigint): bigint => (bytes + 4095n) & ~4095n;
