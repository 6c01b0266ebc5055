// Statements about events, shown to fail by a kernel with one change; and that they say nothing where they must not.

import { describe, expect, it } from 'vitest';
import { step } from '../../machines/fragment.ts';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { deriveKernel, type Kernel, type KernelDifference } from '../../src/kernel/define.ts';
import { MEMORY_FAULT_FLAG_PRIVATE } from '../../src/memory/layouts/vcpu.ts';
import { ok } from '../../src/memory/outcome.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { allocate, createGmem, hostRead, hostWrite, memoryError, punch, read, scenario, setAttributes, slot, write } from '../../src/scenario/builder.ts';
import { steps as fault } from '../../src/steps/fault.ts';
import { sendSignal } from '../../src/steps/signal.ts';
import { invariant, judge } from '../support/judge.ts';
import type { Fault } from '../../src/memory/frames.ts';
import type { Step } from '../../src/memory/world.ts';
import type { Scenario } from '../../src/scenario/types.ts';

const SC01 = builtinScenario('SC01')!;
const changed = (difference: Omit<KernelDifference, 'name'>): Kernel => deriveKernel(v6_8, { name: 'changed', ...difference });

/** The sentences that this invariant alone says of runs. */
const sentences = (id: string, kernel: Kernel, on: Scenario = SC01): string[] => [...judge(kernel, on, [invariant(id)]).broken.keys()];

/** With `difference` the invariant says exactly this, without it nothing. */
const mustSay = (id: string, what: string, sentence: string | RegExp, difference: Omit<KernelDifference, 'name'>, on: Scenario = SC01): void => {
  it(`${id} of a kernel that ${what}`, () => {
    const said = sentences(id, changed(difference), on);
    expect(said.length).toBeGreaterThan(0);
    for (const one of said) {
      if (typeof sentence === 'string') expect(one).toBe(`${id}: ${sentence}`);
      else expect(one).toMatch(sentence);
    }
    expect(sentences(id, v6_8, on)).toEqual([]);
  });
};

describe('events', () => {
  mustSay('S-16', 'ends an invalidation without moving the sequence',
    'main.gmem is about to drop mmu_invalidate_in_progress of vm0 and has not moved mmu_invalidate_seq on',
    { fragments: { 'gmem.invalidateEnd': (edit) => edit.remove('seq', 'drop') } });

  mustSay('S-16', 'drops in_progress first and moves the sequence then',
    'main.gmem is about to drop mmu_invalidate_in_progress of vm0 and has not moved mmu_invalidate_seq on',
    { fragments: { 'gmem.invalidateEnd': (edit) => {
      edit.redirect('lock', 'done', 'drop');
      edit.redirect('drop', 'ok', 'seq');
      edit.redirect('seq', 'ok', 'unlock');
    } } });

  mustSay('S-18', 'never releases invalidate_lock', 'main.gmem has come to rest and still holds invalidate_lock',
    { fragments: { 'gmem.punchHole': (edit) => edit.remove('unlock', '^done') } });

  mustSay('S-18', 'releases invalidate_lock twice', 'main.gmem is about to release invalidate_lock, for writing, which it does not hold',
    { fragments: { 'gmem.punchHole': (edit) => edit.insertBefore('unlock', 'again', step('inode.upWrite', 'once too often', { ok: 'unlock' })) } });

  mustSay('S-18', 'sleeps under mmu_lock', "vcpu0 may sleep in 'rcu.synchronize' while it holds mmu_lock of vm0",
    { fragments: { 'mmu.fault': (edit) => edit.insertBefore('map', 'sleep', step('rcu.synchronize', 'a sleep', { ok: 'map' })) } });

  mustSay('S-18', 'waits for SRCU inside its own read section', 'vcpu0 is about to wait in synchronize_srcu for its own read section of vm0',
    { fragments: { 'mmu.fault': (edit) => edit.insertBefore('slot', 'wait', step('srcu.beginSynchronize', 'a wait', { ok: 'slot' })) } });

  mustSay('S-34', 'does not store bindings', /^S-34: WARN_ON_ONCE in kvm_gmem_get_pfn: vcpu0 finds gfn 0 of memslot 1 not bound to it in file 1 \('A'\)$/,
    { steps: { 'bind.store': () => ok } });

  mustSay('S-34', 'ends an invalidation that has no range', /^S-34: WARN_ON_ONCE in (kvm_mmu_invalidate_end: main\.gmem ends an invalidation|mmu_invalidate_retry_gfn: vcpu0 finds an invalidation)/,
    { fragments: { 'kvm.unmapGfnRange': (edit) => edit.remove('add', 'zap') } });

  const wanted: Step<Fault> = ((world, f) => {
    const result = fault['fault.prepareMemoryFault'](world, f);
    world.kvm_run(f.vcpu).flags ^= MEMORY_FAULT_FLAG_PRIVATE;
    return result;
  });
  const explicit = scenario({
    name: 'intent', vms: [{ type: 'confidential', vcpus: [{ program: [read(0, { private: true })] }] }],
    setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' })],
  });
  mustSay('S-30', 'names the wanted kind instead of the accessed one', 'the exit of vcpu0 says that a shared access to gfn 0 failed, it was private',
    { steps: { 'fault.prepareMemoryFault': wanted as Step<never> } }, explicit);

  const poisoned = scenario({
    name: 'poison', vms: [{ vcpus: [{ program: [write(0)] }] }], setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private'), allocate('A', 0, 1)],
    hardware: [{ name: 'hw', program: [memoryError({ fd: 'A', page: 0 })] }],
  });
  const signalsCurrent: Step = ((world, f) => {
    sendSignal(world, f.self, 0, { number: 7 });
    return ok;
  });
  mustSay('S-32', 'sends SIGBUS to whoever runs', 'cpu0 gets SIGBUS for the memory failure of a page, which it neither maps nor has consumed',
    { steps: { 'mf.killConsumer': signalsCurrent as Step<never> } }, poisoned);

  it('S-33 of 6.8 itself: an exit asks for the old state back (G4-B11)', () => {
    expect(sentences('S-33', v6_8, builtinScenario('SC16')!)).toEqual([
      'S-33: the exit of vcpu0 asks for gfn 0 to become shared, which nobody but KVM has meant: the gfn is private, and a VMM that obeys undoes that',
    ]);
  });

  it('S-22 when a call does not answer what the scenario expects, by the names of call and errno', () => {
    const wrong = { ...SC01, threads: [{ name: 'main', program: [punch('A', 0, 1, 'EINVAL')] }] };
    expect(sentences('S-22', v6_8, wrong)).toEqual(['S-22: fallocate of main answered ok, expected was EINVAL']);
  });

  it('S-22 when memory_failure() does not, by the errno that it answers', () => {
    const struck: Scenario = { ...poisoned, hardware: [{ name: 'hw', program: [memoryError({ fd: 'A', page: 0, expect: 'EINVAL' })] }] };
    expect(sentences('S-22', v6_8, struck)).toEqual(['S-22: memory_failure() for hw answered EBUSY, expected was EINVAL']);
  });

  it('S-27, and not S-22, when a thread does not read what its program expects', () => {
    const misread = scenario({ name: 'misread', vms: [{}], memory: [{ name: 'ram', pages: 1 }], threads: [{ name: 'main', program: [hostWrite('ram', 0, 3), hostRead('ram', 0, { value: 4 })] }] });
    expect(sentences('S-22', v6_8, misread)).toEqual([]);
    expect(sentences('S-27', v6_8, misread)).toEqual(['S-27: main reads host:3 at host page 0x7f0000000, its program expects 4']);
  });

  it('S-27 when a guest does not read what its program expects', () => {
    const forgets = { ...SC01, vms: [{ vcpus: [{ program: [write(0, 7), { op: 'check' as const, page: 0, value: 8 }] }] }], threads: [] };
    expect(sentences('S-27', v6_8, forgets)).toEqual(['S-27: vcpu0 reads vm0:7 at gfn 0, its program expects 8']);
  });
});

describe('allowed behaviour', () => {
  it.each(['SC03', 'SC07', 'SC10'])('of %s breaks nothing: refilled holes, wide retries, yields', (name) => {
    expect([...judge(v6_8, builtinScenario(name)!, undefined, 40).broken.keys()]).toEqual([]);
  });
});
