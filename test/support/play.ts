// Plays a scenario by a seeded random schedule until nobody can go on, and looks at every step: who released a lock that
// another holds, which call answered something else than the scenario expects.

import { compile } from '../../src/scenario/compile.ts';
import { isBlocked, outcomeName } from '../../src/memory/outcome.ts';
import { planFor, privateWords, RunWorld, type FrameView } from '../../src/runtime/world.ts';
import { runSetup } from '../../src/runtime/setup.ts';
import { Random } from '../../src/runtime/random.ts';
import { ERRNO_NAMES } from '../../src/steps/errno.ts';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import type { Scenario } from '../../src/scenario/types.ts';
import type { World } from '../../src/memory/world.ts';

export interface Played {
  readonly world: RunWorld;
  readonly objects: World;
  readonly steps: number;
  /** Calls that answered something else than `expect`, and what. */
  readonly unexpected: readonly string[];
  /** Results of all calls of VMM threads and hardware programs, in their order: `main: EBADF`. */
  readonly results: readonly string[];
  /** Locks released by somebody who did not hold them. */
  readonly strayUnlocks: readonly string[];
  /** Actors that wait in the middle of their work: none, unless it is a deadlock. */
  readonly stuck: readonly string[];
  /** Exits of KVM_RUN as vCPU threads saw them: `cpu0: MEMORY_FAULT EFAULT`. */
  readonly exits: readonly string[];
  /** Signals that a VMM thread handled: number and code. */
  readonly signals: readonly string[];
}

export interface PlayOptions {
  readonly kernel?: Kernel;
  readonly seed?: number;
  /** Called after each step; true ends the play. */
  readonly after?: (world: RunWorld) => boolean | void;
  /** The order in which actors get their turn, by name: the first that can go on does. Left out: random. */
  readonly priority?: readonly string[];
  readonly limit?: number;
}

const EXITS = ['none', 'MEMORY_FAULT', 'HYPERCALL', 'MMIO', 'HLT', 'INTR'];

/** The world of a scenario, behind its set-up. */
export function worldOf(scenario: Scenario, kernel: Kernel = v6_8): RunWorld {
  const topology = compile(scenario, kernel);
  const plan = planFor(kernel, topology);
  const world = new RunWorld(kernel, topology, plan, privateWords(plan));
  runSetup(world);
  return world;
}

/** For each step that releases a lock: does the actor hold it? */
const HOLDS: Record<string, (world: World, f: FrameView) => boolean> = {
  'slots.unlock': ({ slots_lock }, f) => slots_lock(f.vm).owner === f.self,
  'slots.archUnlock': ({ slots_arch_lock }, f) => slots_arch_lock(f.vm).owner === f.self,
  'inode.upWrite': ({ invalidate_lock }, f) => invalidate_lock(f['inode']!).writer === f.self,
  'inode.upRead': ({ invalidate_lock }, f) => invalidate_lock(f['inode']!).readers.has(f.self),
  'mmu.writeUnlock': ({ mmu_lock }, f) => mmu_lock(f.vm).writer === f.self,
  'mmu.readUnlock': ({ mmu_lock }, f) => mmu_lock(f.vm).readers.has(f.self),
  'folio.unlock': ({ folio_lock }, f) => folio_lock(f['pfn']!).owner === f.self,
  'mf.unlock': ({ mf_mutex }, f) => mf_mutex().owner === f.self,
  'mf.unlockFolio': ({ folio, folio_lock }, f) => folio_lock(folio(f['pfn']!).head || f['pfn']!).owner === f.self,
  'vcpu.unlock': ({ vcpu_lock }, f) => vcpu_lock(f.vcpu).owner === f.self,
};

export function play(scenario: Scenario, { kernel = v6_8, seed = 1, after, priority, limit = 200_000 }: PlayOptions = {}): Played {
  const world = worldOf(scenario, kernel);
  const { objects, topology } = world;
  const random = new Random(seed);
  const actors = topology.actors.length;
  const nameOf = (actor: number): string => topology.actors[actor - 1]!.name;
  const unexpected: string[] = [];
  const results: string[] = [];
  const strayUnlocks: string[] = [];
  const exits: string[] = [];
  const signals: string[] = [];
  const order = priority?.map((name) => topology.actors.findIndex((actor) => actor.name === name) + 1);
  let steps = 0;

  const attempt = (actor: number): boolean => {
    if (world.ended(actor)) return false;
    const frame = world.frames[actor]!;
    const { step, path } = world.leafOf(actor);
    const holds = HOLDS[step]?.(objects, frame) ?? true;
    const pending = frame.thread >= 0 ? { ...signalOf(objects, frame.thread) } : undefined;
    const result = world.step(actor, (n) => random.below(n));
    if (isBlocked(result)) return false;
    steps++;
    if (!holds) strayUnlocks.push(`${nameOf(actor)} ${path}`);
    if (outcomeName(result) === 'unexpected') unexpected.push(`${nameOf(actor)}: ${ERRNO_NAMES[frame['ret']!] ?? 'another value'}`);
    if (step === 'vmm.receiveReply') results.push(`${nameOf(actor)}: ${ERRNO_NAMES[frame['ret']!]!}`);
    if (step === 'mf.reply') results.push(`${nameOf(frame.caller)}: ${ERRNO_NAMES[lastErrno(objects, frame.caller)]!}`);
    if (step === 'vmm.receiveExit') {
      const run = objects.kvm_run(topology.actors.findIndex((one) => one.machine === 'vcpu' && one.thread === frame.thread) < 0 ? 0 : vcpuOf(frame.thread));
      exits.push(`${nameOf(actor)}: ${EXITS[run.exit_reason]!} ${ERRNO_NAMES[frame['ret']!]!}${run.exit_reason === 1 ? ` flags ${run.flags}` : ''}`);
    }
    if ((step === 'vmm.handleSignal' || step === 'vmm.handleRunSignal') && pending) signals.push(`${nameOf(actor)}: ${pending.number} code ${pending.code}`);
    return true;
  };
  const vcpuOf = (thread: number): number => topology.actors.find((one) => one.machine === 'vcpu' && one.thread === thread)!.vcpu;

  for (;;) {
    let moved = false;
    const sequence = order ?? shuffled(actors, random);
    for (const actor of sequence) {
      if (!attempt(actor)) continue;
      moved = true;
      break;
    }
    if (!moved && order !== undefined) moved = shuffled(actors, random).some(attempt);
    if (!moved || after?.(world) === true) break;
    if (steps >= limit) throw new Error(`not over after ${limit} steps`);
  }
  const stuck = topology.actors.flatMap((actor, i) => (world.leafOf(i + 1).idle ? [] : [`${actor.name} ${world.leafOf(i + 1).path}`]));
  return { world, objects, steps, unexpected, results, strayUnlocks, stuck, exits, signals };
}

const signalOf = ({ signal }: World, thread: number): { number: number; code: number } => ({ number: signal(thread).number, code: signal(thread).code });
const lastErrno = ({ mailbox }: World, caller: number): number => mailbox(caller).payload.at(0);

function shuffled(actors: number, random: Random): number[] {
  const list = Array.from({ length: actors }, (_one, i) => i + 1);
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
  return list;
}

/** Every lock that somebody holds or waits for, by name: none when all is over. */
export function heldLocks({ objects, facts }: RunWorld): string[] {
  const held: string[] = [];
  const { sizes } = facts;
  for (let vm = 0; vm < sizes.vm; vm++) {
    if (objects.slots_lock(vm).owner !== 0) held.push('slots_lock');
    if (objects.slots_arch_lock(vm).owner !== 0) held.push('slots_arch_lock');
    const mmu = objects.mmu_lock(vm);
    if (mmu.writer !== 0 || mmu.readers.any() || mmu.queue.at(0) !== 0) held.push('mmu_lock');
  }
  for (let inode = 1; inode < sizes.inode; inode++) {
    const lock = objects.invalidate_lock(inode);
    if (lock.writer !== 0 || lock.readers.any() || lock.waiting_writers.any()) held.push('invalidate_lock');
  }
  for (let pfn = 1; pfn < sizes.pfn; pfn++) if (objects.folio_lock(pfn).owner !== 0) held.push(`folio lock ${pfn}`);
  if (objects.mf_mutex().owner !== 0) held.push('mf_mutex');
  for (let vcpu = 0; vcpu < sizes.vcpu; vcpu++) if (objects.vcpu_lock(vcpu).owner !== 0) held.push('vcpu->mutex');
  for (let actor = 1; actor <= facts.actors; actor++) if (objects.srcu_reader(actor).kvm !== 0) held.push(`srcu of ${actor}`);
  return held;
}

/** What is left of VMs, files, inodes and pages: nothing when every descriptor is closed (L-07). */
export function leftovers({ objects, facts }: RunWorld): string[] {
  const left: string[] = [];
  const { sizes } = facts;
  for (let vm = 0; vm < facts.vmTypes.length; vm++) {
    const { state, users_count } = objects.kvm(vm);
    if (state !== 2 || users_count !== 0) left.push(`vm${vm}: state ${state}, users_count ${users_count}`);
  }
  for (let file = 1; file < sizes.file; file++) {
    const { state, f_count } = objects.file(file);
    if ((state !== 0 && state !== 3) || f_count !== 0) left.push(`file ${file}: state ${state}, f_count ${f_count}`);
    for (let index = 0; index < sizes.index; index++) if (objects.binding(file, index).slot !== 0) left.push(`binding ${file}, ${index}`);
  }
  for (let inode = 1; inode < sizes.inode; inode++) {
    if (objects.inode(inode).live !== 0 || objects.inode(inode).i_count !== 0) left.push(`inode ${inode}`);
    for (let index = 0; index < sizes.index; index++) if (objects.cache(inode, index).pfn !== 0) left.push(`cache ${inode}, ${index}`);
  }
  for (let slot = 1; slot < sizes.slot; slot++) if (objects.memslot(slot).state === 1) left.push(`memslot ${slot}`);
  for (let pfn = 1; pfn < sizes.pfn; pfn++) {
    if (objects.folio_ref(pfn).refcount !== 0) left.push(`page ${pfn}: refcount ${objects.folio_ref(pfn).refcount}`);
    if (objects.buddy().used.has(pfn)) left.push(`page ${pfn} in use`);
  }
  return left;
}
