// Leaf SPTEs as the processor has them: 64 bits of an EPT entry, made of what the model keeps of one.

import type { Access } from '../runtime/events.ts';

/** What a step left in one leaf, or saw there. */
export interface LeafChange {
  /** First page that it maps, and 1 for 4K, 2 for 2M. */
  readonly gfn: bigint;
  readonly level: 1 | 2;
  /** The entry, before and behind the step. */
  readonly before: bigint;
  readonly after: bigint;
  /** Page frame behind the step; 0: none. */
  readonly pfn: number;
  readonly written: boolean;
}

const READ = 1n, WRITE = 2n, EXECUTE = 4n, LARGE = 0x80n;
/** Of an entry without memory: written and executed but not read, which no entry may say. */
const MISCONFIGURED = WRITE | EXECUTE;

interface Fields { pfn?: number; writable?: number; mmio?: number }

/** An EPT entry of these fields. Bits that the model knows nothing of are 0. */
function entry({ pfn = 0, writable = 0, mmio = 0 }: Fields, gfn: bigint, level: 1 | 2): bigint {
  if (pfn === 0) return mmio === 0 ? 0n : (gfn << 12n) | MISCONFIGURED;
  return (BigInt(pfn) << 12n) | READ | EXECUTE | (writable === 0 ? 0n : WRITE) | (level === 2 ? LARGE : 0n);
}

/** r, w, x and u of an entry, as kvm_mmu_set_spte prints them for EPT. */
export const rights = (spte: bigint): string => `r${(spte & WRITE) === 0n ? '-' : 'w'}${(spte & EXECUTE) === 0n ? '-' : 'x'}${(spte & READ) === 0n ? '-' : 'u'}`;

/** Whether a word is of a leaf. */
export const isLeaf = ({ object }: Access): boolean => object === 'spte' || object === 'spte_huge';

/** Every leaf that a step touched, in order. `firstOf` tells the first page of a huge one. */
export function leafChanges(reads: readonly Access[], writes: readonly Access[], firstOf: (hp: number) => bigint): LeafChange[] {
  const leaves = new Map<string, { gfn: bigint; level: 1 | 2; before: Fields; after: Fields; written: boolean }>();
  const leafOf = ({ object, at }: Access) => {
    const key = JSON.stringify([object, at]);
    const level = object === 'spte_huge' ? 2 : 1;
    let leaf = leaves.get(key);
    if (leaf === undefined) leaves.set(key, leaf = { gfn: level === 2 ? firstOf(Number(at['hp'])) : BigInt(at['gfn'] ?? 0), level, before: {}, after: {}, written: false });
    return leaf;
  };
  for (const one of reads) {
    if (!isLeaf(one)) continue;
    const leaf = leafOf(one);
    leaf.before[one.field as keyof Fields] = leaf.after[one.field as keyof Fields] = one.value;
  }
  for (const one of writes) {
    if (!isLeaf(one)) continue;
    const leaf = leafOf(one);
    leaf.written = true;
    leaf.before[one.field as keyof Fields] ??= one.old ?? 0;
    leaf.after[one.field as keyof Fields] = one.value;
  }
  return [...leaves.values()].map(({ gfn, level, before, after, written }) =>
    ({ gfn, level, before: entry(before, gfn, level), after: entry(after, gfn, level), pfn: after.pfn ?? 0, written }));
}
