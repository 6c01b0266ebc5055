// S-18: locks are released by who holds them, once, and nobody sleeps who must not. An actor that stands before an unlock is
// asked whether it holds the lock; one that has come to rest, whether it holds any.

import { headOf } from '../../steps/folio.ts';
import { actorName, vmName } from './words.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Check, Invariant } from '../invariant.ts';
import type { Plan } from '../../memory/plan.ts';
import type { Frame, World } from '../../memory/world.ts';
import type { MemfdWorld } from '../../steps/memfd-world.ts';

/** Does the actor of this frame hold the lock that the step drops? */
type Holds = (objects: World, frame: Frame<Record<string, number>>) => boolean;

/** The lock that the mend of G4-B10 brings with it; same shape as invalidate_lock. */
const bindingsLock = (objects: World, inode: number): ReturnType<World['invalidate_lock']> =>
  (objects as unknown as { bindings_lock: World['invalidate_lock'] }).bindings_lock(inode);

/** The lock of a file's mappings, where files can be mapped; same shape again. */
const mappingsLock = (objects: World, inode: number): ReturnType<World['invalidate_lock']> =>
  (objects as unknown as { i_mmap_lock: World['invalidate_lock'] }).i_mmap_lock(inode);

/** The locks of a memfd, where there are memfds. */
const memfds = (objects: World): MemfdWorld => objects as MemfdWorld;

/** The page whose lock is that of the folio of a page of a file. */
const lockOf = ({ folio, facts }: World, pfn: number): number => (facts.config.hugeFiles === true ? headOf(folio, pfn) : pfn);

const unlocks: Readonly<Record<string, readonly [string, Holds]>> = {
  'mmu.readUnlock': ['mmu_lock, for reading', ({ mmu_lock }, f) => mmu_lock(f.vm).readers.has(f.self)],
  'mmu.writeUnlock': ['mmu_lock, for writing', ({ mmu_lock }, f) => mmu_lock(f.vm).writer === f.self],
  'inode.upWrite': ['invalidate_lock, for writing', ({ invalidate_lock }, f) => invalidate_lock(f['inode']!).writer === f.self],
  'inode.upRead': ['invalidate_lock, for reading', ({ invalidate_lock }, f) => invalidate_lock(f['inode']!).readers.has(f.self)],
  'bindings.upWrite': ['the bindings lock, for writing', (objects, f) => bindingsLock(objects, f['inode']!).writer === f.self],
  'bindings.upRead': ['the bindings lock, for reading', (objects, f) => bindingsLock(objects, f['inode']!).readers.has(f.self)],
  'imap.upWrite': ['i_mmap_rwsem, for writing', (objects, f) => mappingsLock(objects, f['inode']!).writer === f.self],
  'imap.upRead': ['i_mmap_rwsem, for reading', (objects, f) => mappingsLock(objects, f['inode']!).readers.has(f.self)],
  'iRwsem.upWrite': ['inode_lock', (objects, f) => memfds(objects).i_rwsem(f['inode']!).writer === f.self],
  'infoLock.unlock': ['the lock of shmem_inode_info', (objects, f) => memfds(objects).info_lock(f['inode']!).owner === f.self],
  'fileFolio.unlock': ['the folio lock', (objects, f) => objects.folio_lock(lockOf(objects, f['page']!)).owner === f.self],
  'fileFolio.upRead': ['invalidate_lock, for reading', ({ invalidate_lock }, f) => invalidate_lock(f['of']!).readers.has(f.self)],
  'tdx.upWrite': ['invalidate_lock, for writing', ({ invalidate_lock }, f) => invalidate_lock(f['filled']!).writer === f.self],
  'slots.unlock': ['slots_lock', ({ slots_lock }, f) => slots_lock(f.vm).owner === f.self],
  'slots.archUnlock': ['slots_arch_lock', ({ slots_arch_lock }, f) => slots_arch_lock(f.vm).owner === f.self],
  'folio.unlock': ['the folio lock', (objects, f) => objects.folio_lock(lockOf(objects, f['pfn']!)).owner === f.self],
  'mf.unlockFolio': ['the folio lock', ({ folio, folio_lock }, f) => folio_lock(headOf(folio, f['pfn']!)).owner === f.self],
  'mf.unlock': ['mf_mutex', ({ mf_mutex }, f) => mf_mutex().owner === f.self],
  'mmap.upRead': ['mmap_lock, for reading', ({ mmap_lock }, f) => mmap_lock().readers.has(f.self)],
  'mmap.upWrite': ['mmap_lock, for writing', ({ mmap_lock }, f) => mmap_lock().writer === f.self],
  'vcpu.unlock': ['vcpu->mutex', ({ vcpu_lock }, f) => vcpu_lock(f.vcpu).owner === f.self],
  'srcu.readUnlock': ['the SRCU read section', ({ srcu_reader }, f) => srcu_reader(f.self).kvm === f.vm + 1],
};

const beforeUnlock = (lock: string, holds: Holds): Check => (world) => {
  const frame = world.frames[world.last.actor]!;
  return holds(world.objects, frame) ? undefined : `${actorName(world, world.last.actor)} is about to release ${lock}, which it does not hold`;
};

/** Steps that may sleep: every mutex and rw_semaphore, allocations, SRCU, waits for others. mmu_lock is a spinning lock. */
const SLEEPS: readonly string[] = [
  'inode.downWrite', 'inode.downRead', 'bindings.downWrite', 'bindings.downRead', 'slots.lock', 'slots.archLock', 'folio.lock', 'mf.lock', 'mf.lockFolio', 'fileFolio.lock', 'imap.downWrite', 'imap.downRead', 'fileFolio.downRead', 'tdx.downWrite',
  'mmap.downRead', 'mmap.downWrite', 'vcpu.lock', 'iRwsem.downWrite',
  'folio.alloc', 'hostFault.allocate', 'fileFolio.alloc', 'offline.allocate', 'memslot.allocate', 'memslot.copyInvalid', 'attributes.reserve', 'srcu.awaitReaders', 'slots.awaitNotifiers', 'convert.addWork', 'convert.preallocate',
  'rcu.synchronize',
];

/** VM whose mmu_lock the actor holds, -1 if none. */
function holdsMmuLock({ objects, facts }: CheckedWorld, actor: number): number {
  for (let vm = 0; vm < facts.sizes.vm; vm++) {
    const { writer, readers } = objects.mmu_lock(vm);
    if (writer === actor || readers.has(actor)) return vm;
  }
  return -1;
}

const beforeSleep = (world: CheckedWorld): string | undefined => {
  const { last, table } = world;
  const vm = holdsMmuLock(world, last.actor);
  return vm < 0 ? undefined : `${actorName(world, last.actor)} may sleep in '${table.leaves[last.to]!.step}' while it holds mmu_lock of ${vmName(world, vm)}`;
};

const beforeSynchronize = (world: CheckedWorld): string | undefined => {
  const { frames, last, objects } = world;
  const { vm, self } = frames[last.actor]!;
  if (objects.srcu_reader(self).kvm !== vm + 1) return undefined;
  return `${actorName(world, last.actor)} is about to wait in synchronize_srcu for its own read section of ${vmName(world, vm)}`;
};

/** A table of locks: a word with the owner's number, or a bit set of readers. */
interface LockTable { readonly name: string; readonly base: number; readonly stride: number; readonly count: number; readonly owner: number; readonly readers: number }
const lockTables = new WeakMap<Plan, readonly LockTable[]>();

/** All locks of a kernel, whatever brought them: layouts with an owner, or with a writer and readers. */
function locksOf(plan: Plan): readonly LockTable[] {
  let known = lockTables.get(plan);
  if (known === undefined) {
    known = plan.tables.flatMap(({ layout, fields, base, words, count }) => {
      const owner = fields.find(({ name }) => name === 'owner' || name === 'writer');
      const readers = fields.find(({ name }) => name === 'readers');
      if (owner === undefined || (owner.name === 'writer' && readers === undefined)) return [];
      return [{ name: layout.name, base, stride: words, count, owner: owner.offset, readers: readers?.offset ?? -1 }];
    });
    lockTables.set(plan, known);
  }
  return known;
}

/** The first lock that an actor holds. */
function held({ plan, words, objects, whereabouts }: CheckedWorld, actor: number): string | undefined {
  const tables = locksOf(plan);
  const bit = 1 << (actor & 31);
  for (let t = 0; t < tables.length; t++) {
    const { name, base, stride, count, owner, readers } = tables[t]!;
    if (name === 'folio_lock' && whereabouts !== undefined && whereabouts.folioLocks.first(actor) === 0) continue;
    for (let n = 0; n < count; n++) {
      const at = base + n * stride;
      if (words[at + owner] === actor || (readers >= 0 && (words[at + readers + (actor >>> 5)]! & bit) !== 0)) return name;
    }
  }
  return objects.srcu_reader(actor).kvm !== 0 ? 'its SRCU read section' : undefined;
}

/** kvm_destroy_vm is through: the locks in struct kvm go with it (debug_check_no_locks_freed). */
const afterFree = (world: CheckedWorld): string | undefined => {
  const { objects, frames, last } = world;
  const { vm } = frames[last.actor]!;
  const { writer, readers } = objects.mmu_lock(vm);
  const locks = [['slots_lock', objects.slots_lock(vm).owner], ['slots_arch_lock', objects.slots_arch_lock(vm).owner], ['mmu_lock', writer !== 0 ? writer : Math.max(0, readers.first())]] as const;
  const freed = locks.find(([, owner]) => owner !== 0);
  return freed === undefined ? undefined : `${vmName(world, vm)} is freed while ${actorName(world, freed[1])} holds its ${freed[0]}`;
};

export const s18: Invariant = {
  id: 'S-18',
  title: 'locks are released by their holder, once',
  statement: 'Every lock is released by who holds it, exactly once, and no lock is freed while it is held. Nobody sleeps while mmu_lock is held, nobody waits in synchronize_srcu inside a read section of the same SRCU.',
  before: {
    ...Object.fromEntries(SLEEPS.map((step) => [step, beforeSleep])),
    ...Object.fromEntries(Object.entries(unlocks).map(([step, [lock, holds]]) => [step, beforeUnlock(lock, holds)])),
    'srcu.beginSynchronize': (world) => beforeSynchronize(world) ?? beforeSleep(world),
  },
  after: { 'kvm.free': afterFree },
  atRest: (world) => {
    const lock = held(world, world.last.actor);
    return lock === undefined ? undefined : `${actorName(world, world.last.actor)} has come to rest and still holds ${lock}`;
  },
};
