// Per-CPU batches of folios on their way to the LRU list, those of all CPUs in one: a reference on each folio, until they are drained.

import { putFolio } from './folio.ts';
import type { lru_batch } from '../memory/layouts/shareability.ts';
import type { Table } from '../memory/layout.ts';
import type { World } from '../memory/world.ts';

/** PAGEVEC_SIZE: a batch with so many folios is drained. */
const FULL = 31;

type BatchWorld = World & { readonly lru_batch: Table<typeof lru_batch> };
const withBatch = (world: World): BatchWorld => world as BatchWorld;

/** Lies the folio in a batch? Kernels to which batches make no difference have none here. */
export const inBatch = (world: World, pfn: number): boolean => (world as Partial<BatchWorld>).lru_batch?.().folios.has(pfn) === true;

/** lru_add_drain_all: all batches are emptied, their references dropped. */
export function drainBatches(world: World): void {
  const batch = withBatch(world).lru_batch();
  if (batch.count === 0) return;
  for (let pfn = batch.folios.first(); pfn >= 0; pfn = batch.folios.first()) {
    batch.folios.clear(pfn);
    batch.add_count(-1);
    putFolio(world, pfn);
  }
}

/** folio_add_lru: into the batch, with a reference. */
export function addToBatch(world: World, pfn: number): void {
  const batch = withBatch(world).lru_batch();
  if (batch.count === FULL) drainBatches(world);
  world.folio_ref(pfn).add_refcount(1);
  batch.folios.set(pfn);
  batch.add_count(1);
}
