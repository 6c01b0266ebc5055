// Random runs of everything at once on a few pages, and what must hold when such a run has ended: all is at rest, nothing is held,
// nothing is open, every reference is accounted for, and what is mapped is what the memslots and attributes say.

import { compile } from '../../src/scenario/compile.ts';
import { call, createGmem, deleteSlot, hostRead, hostWrite, mix, loop, punch, allocate, read, setAttributes, slot, write } from '../../src/scenario/builder.ts';
import { SLOT_LIVE } from '../../src/memory/layouts/kvm.ts';
import { runSetup } from '../../src/runtime/setup.ts';
import { planFor, privateWords, RunWorld } from '../../src/runtime/world.ts';
import { Simulation } from '../../src/runtime/simulate.ts';
import { WriteLog } from '../../src/runtime/write-log.ts';
import { v6_8_fixed } from '../../machines/kernels/v6.8-fixed.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import type { Scenario } from '../../src/scenario/types.ts';

const guest = [loop(6, [mix([write(0, 1, { any: 8 })], [read(0, { any: 8 })], [write(3, 2)])])];
const dontneed = (memory: string, page: number, pages: number) => call('madvise_dontneed', { memory, page, pages });

const scenario = (huge: boolean): Scenario => ({
  name: 'stress', memory: [{ name: 'ram', pages: 8, huge }], frames: 40,
  vms: [{ vcpus: [{ policy: 'retry', program: guest }, { policy: 'convert', program: [...guest, { op: 'convert', page: 2, pages: 4, to: 'private' }, ...guest] }] }],
  setup: [createGmem('A', 8), slot(0, 0, 4, { fd: 'A', memory: 'ram' }), slot(1, 4, 4, { fd: 'A', filePage: 4, memory: 'ram', memoryPage: 4 })],
  threads: [
    { name: 'main', program: [loop(4, [mix(
      [deleteSlot(0), slot(0, 0, 4, { fd: 'A', memory: 'ram' })], [deleteSlot(0), slot(0, 0, 4, { memory: 'ram' }), slot(0, 8, 4, { memory: 'ram' }), deleteSlot(0), slot(0, 0, 4, { fd: 'A', memory: 'ram' })],
      [setAttributes(0, 3, 'private')], [setAttributes(1, 6, 'shared')], [setAttributes(0, 8, 'private')],
    )])] },
    { name: 'other', program: [loop(12, [mix(
      [punch('A', 0, 8)], [punch('A', 3, 2)], [allocate('A', 2, 4)], [dontneed('ram', 0, 8)], [dontneed('ram', huge ? 4 : 3, 4)],
      [hostWrite('ram', 0, 9, { any: 8 })], [hostRead('ram', 0, { any: 8 })], [setAttributes(2, 4, 'shared')],
    )])] },
  ],
});

export function run(huge: boolean, seed: number, kernel: Kernel = v6_8_fixed): { world: RunWorld; why: string } {
  const topology = compile(scenario(huge), kernel);
  const plan = planFor(kernel, topology);
  const log = new WriteLog(plan.objects);
  const world = new RunWorld(kernel, topology, plan, privateWords(plan), log);
  runSetup(world);
  const simulation = new Simulation(world, log, seed);
  for (let k = 0; k < 200_000; k++) if (!simulation.step()) return { world, why: simulation.standstill() };
  return { world, why: 'no end' };
}

/** Everything that is not as it must be when nothing goes on. */
export function leftovers({ objects, facts, topology }: RunWorld): string[] {
  const wrong: string[] = [];
  const must = (holds: boolean, what: string): void => { if (!holds) wrong.push(what); };
  const { sizes } = facts;
  const mmu = objects.kvm_mmu(0);
  must(mmu.mmu_invalidate_in_progress === 0, 'an invalidation is open');
  must(objects.mn_invalidate(0).mn_active_invalidate_count === 0 && objects.mn_invalidate(0).waiter === 0, 'a notifier is open');
  must(objects.slots_lock(0).owner === 0 && objects.slots_arch_lock(0).owner === 0, 'a mutex is held');
  must(objects.mmu_lock(0).writer === 0 && !objects.mmu_lock(0).readers.any() && objects.mmu_lock(0).queue.at(0) === 0, 'mmu_lock is held');
  must(objects.mmap_lock().writer === 0 && !objects.mmap_lock().readers.any(), 'mmap_lock is held');
  must(objects.invalidate_lock(1).writer === 0 && !objects.invalidate_lock(1).readers.any(), 'invalidate_lock is held');
  topology.actors.forEach((_actor, i) => {
    must(objects.srcu_reader(i + 1).kvm === 0, `actor ${i + 1} is an SRCU reader`);
    must(objects.open_invalidation(0, i + 1).open === 0, `actor ${i + 1} has an invalidation`);
  });
  // Memslots: what is live is what is published, the same in both sets.
  const published: number[] = [];
  for (let id = 0; id < sizes.slotId; id++) {
    const [a, b] = [0, 1].map((set) => objects.memslot_set(0, set).slot.at(id));
    must(a === b, `slot ${id} differs in the two sets`);
    if (a !== 0) published.push(a!);
  }
  for (let number = 1; number < sizes.slot; number++) must((objects.memslot(number).state === SLOT_LIVE) === published.includes(number), `memslot ${number} leaked`);
  for (let index = 0; index < sizes.index; index++) {
    const bound = objects.binding(1, index).slot;
    must(bound === 0 || published.includes(bound), `index ${index} is bound to memslot ${bound}`);
  }
  // References: the cache's, and one for each entry of the host page table (one for a huge one).
  const references = new Map<number, number>();
  const refer = (pfn: number): void => { references.set(pfn, (references.get(pfn) ?? 0) + 1); };
  for (let index = 0; index < sizes.index; index++) if (objects.cache(1, index).pfn !== 0) refer(objects.cache(1, index).pfn);
  for (let hva = 0; hva < sizes.hva; hva++) if (objects.hpte(hva).pfn !== 0 && objects.folio(objects.hpte(hva).pfn).head === 0) refer(objects.hpte(hva).pfn);
  for (let pfn = 1; pfn < sizes.pfn; pfn++) {
    const head = objects.folio(pfn).head || pfn;
    must(objects.folio_ref(pfn).refcount === (references.get(pfn) ?? 0), `pfn ${pfn} has ${objects.folio_ref(pfn).refcount} references, ${references.get(pfn) ?? 0} are known`);
    must(objects.buddy().used.has(pfn) === references.has(head), `pfn ${pfn} is ${objects.buddy().used.has(pfn) ? 'lost' : 'free and in use'}`);
    must(objects.folio_lock(pfn).owner === 0, `folio ${pfn} is locked`);
  }
  // Leaves of both roots.
  for (let root = 0; root < 2; root++) {
    for (let gfn = 0; gfn < sizes.gfn; gfn++) {
      const small = objects.spte(0, root, gfn);
      const huge = sizes.hp > 0 ? objects.spte_huge(0, root, Math.floor(gfn / 4)) : undefined;
      for (const [leaf, pfn] of [[small, small.pfn], ...(huge ? [[huge, huge.pfn === 0 ? 0 : huge.pfn + (gfn % 4)] as const] : [])] as const) {
        if (pfn === 0) continue;
        must(root === objects.mmu_root(0).valid, `the obsolete root maps gfn ${gfn}`);
        must(leaf.private === objects.mem_attr(0, gfn).attributes, `gfn ${gfn} is mapped ${leaf.private ? 'private' : 'shared'} and is not`);
        const behind = published.find((one) => gfn >= objects.memslot(one).base_gfn && gfn < objects.memslot(one).base_gfn + objects.memslot(one).npages);
        must(behind !== undefined, `gfn ${gfn} is mapped without a memslot`);
        if (behind === undefined) continue;
        const { base_gfn, hva, pgoff } = objects.memslot(behind);
        const expected = leaf.private ? objects.cache(1, pgoff + gfn - base_gfn).pfn : objects.hpte(hva - 1 + gfn - base_gfn).pfn;
        must(pfn === expected, `gfn ${gfn} maps pfn ${pfn}, behind it is ${expected}`);
      }
    }
  }
  return wrong;
}
