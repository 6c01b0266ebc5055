// S-18: locks are released by who holds them, once, and nobody sleeps who must not. An actor that stands before an unlock is
// asked whether it holds the lock; one that has come to rest, whether it holds any.

import { headOf } from '../../steps/folio.ts';
import { actorName, vmName } from './words.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Check, Invariant } from '../invariant.ts';
import type { Frame, World } from '../../memory/world.ts';

/** Does the actor of this frame hold the lock that the step drops? */
type Holds = (objects: World, frame: Frame<Record<string, number>>) => boolean;

const unlocks: Readonly<Record<string, readonly [string, Holds]>> = {
  'mmu.readUnlock': ['mmu_lock, for reading', ({ mmu_lock }, f) => mmu_lock(f.vm).readers.has(f.self)],
  'mmu.writeUnlock': ['mmu_lock, for writing', ({ mmu_lock }, f) => mmu_lock(f.vm).writer === f.self],
  'inode.upWrite': ['invalidate_lock, for writing', ({ invalidate_lock }, f) => invalidate_lock(f['inode']!).writer === f.self],
  'inode.upRead': ['invalidate_lock, for reading', ({ invalidate_lock }, f) => invalidate_lock(f['inode']!).readers.has(f.self)],
  'slots.unlock': ['slots_lock', ({ slots_lock }, f) => slots_lock(f.vm).owner === f.self],
  'slots.archUnlock': ['slots_arch_lock', ({ slots_arch_lock }, f) => slots_arch_lock(f.vm).owner === f.self],
  'folio.unlock': ['the folio lock', ({ folio_lock }, f) => folio_lock(f['pfn']!).owner === f.self],
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

/** Steps that drop a lock. */
export const UNLOCKS: readonly string[] = Object.keys(unlocks);

/** Steps that may sleep: every mutex and rw_semaphore, allocations, SRCU, waits for others. mmu_lock is a spinning lock. */
export const SLEEPS: readonly string[] = [
  'inode.downWrite', 'inode.downRead', 'slots.lock', 'slots.archLock', 'folio.lock', 'mf.lock', 'mf.lockFolio', 'mmap.downRead', 'mmap.downWrite', 'vcpu.lock',
  'folio.alloc', 'hostFault.allocate', 'memslot.allocate', 'memslot.copyInvalid', 'attributes.reserve', 'srcu.awaitReaders', 'slots.awaitNotifiers',
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

/** The first lock that an actor holds. */
function held({ objects, facts }: CheckedWorld, actor: number): string | undefined {
  const { sizes } = facts;
  for (let vm = 0; vm < sizes.vm; vm++) {
    const { writer, readers } = objects.mmu_lock(vm);
    if (writer === actor || readers.has(actor)) return 'mmu_lock';
    if (objects.slots_lock(vm).owner === actor) return 'slots_lock';
    if (objects.slots_arch_lock(vm).owner === actor) return 'slots_arch_lock';
  }
  for (let inode = 1; inode < sizes.inode; inode++) {
    const { writer, readers } = objects.invalidate_lock(inode);
    if (writer === actor || readers.has(actor)) return 'invalidate_lock';
  }
  for (let pfn = 1; pfn < sizes.pfn; pfn++) if (objects.folio_lock(pfn).owner === actor) return `the lock of the folio at pfn ${pfn}`;
  for (let vcpu = 0; vcpu < sizes.vcpu; vcpu++) if (objects.vcpu_lock(vcpu).owner === actor) return 'vcpu->mutex';
  const mmap = objects.mmap_lock();
  if (mmap.writer === actor || mmap.readers.has(actor)) return 'mmap_lock';
  if (objects.mf_mutex().owner === actor) return 'mf_mutex';
  return objects.srcu_reader(actor).kvm !== 0 ? 'its SRCU read section' : undefined;
}

export const s18: Invariant = {
  id: 'S-18',
  title: 'locks are released by their holder, once',
  statement: 'Every lock is released by who holds it, exactly once. Nobody sleeps while mmu_lock is held, nobody waits in synchronize_srcu inside a read section of the same SRCU.',
  before: {
    ...Object.fromEntries(SLEEPS.map((step) => [step, beforeSleep])),
    ...Object.fromEntries(Object.entries(unlocks).map(([step, [lock, holds]]) => [step, beforeUnlock(lock, holds)])),
    'srcu.beginSynchronize': (world) => beforeSynchronize(world) ?? beforeSleep(world),
  },
  atRest: (world) => {
    const lock = held(world, world.last.actor);
    return lock === undefined ? undefined : `${actorName(world, world.last.actor)} has come to rest and still holds ${lock}`;
  },
};
