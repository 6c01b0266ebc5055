import { describe, expect, it } from 'vitest';
import { mergeLockOrder } from '../../src/check/lock-cycles.ts';
import { classNameOf, listedClasses, lockClassesOf } from '../../src/check/lock-classes.ts';
import { LockOrder } from '../../src/check/lock-order.ts';
import { lockEdgeLines, lockOrderLines } from '../../src/check/lock-order-text.ts';
import type { LockOrderReport, Mode } from '../../src/check/lock-report.ts';
import { LockWatch } from '../../src/check/lock-watch.ts';
import { StepStream } from '../../src/check/step-stream.ts';
import { folio_lock } from '../../src/memory/layouts/folio.ts';
import { invalidate_lock } from '../../src/memory/layouts/gmem.ts';
import { mn_invalidate, slots_lock, srcu_reader } from '../../src/memory/layouts/kvm.ts';
import { mmu_lock } from '../../src/memory/layouts/mmu.ts';
import { queued } from '../../src/memory/outcome.ts';
import * as mutex from '../../src/memory/mutex.ts';
import * as rwlock from '../../src/memory/rwlock.ts';
import * as rwsem from '../../src/memory/rwsem.ts';
import * as srcu from '../../src/memory/srcu.ts';
import { preparedWorld } from '../../src/runtime/prepared.ts';
import { builtinScenarios } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';
import { deriveKernel } from '../../src/kernel/derive.ts';
import { step } from '../../machines/fragment.ts';
import { kernels } from '../../machines/kernels/index.ts';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { v6_8_fixed } from '../../machines/kernels/v6.8-fixed.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import { analysable, analysedRun, reportOver, sequentialReport } from '../support/analysed.ts';
import { Feed } from '../support/feed.ts';

const tables = { slots_lock, folio_lock, invalidate_lock, mmu_lock, srcu_reader, mn_invalidate };
const STEPS = ['lock', 'unlock', 'folio.alloc', 'srcu.beginSynchronize', 'slots.publish'];

function fed() {
  let order!: LockOrder;
  let watch!: LockWatch;
  const feed = new Feed(tables, ['a', 'b', 'c'], STEPS, (world) => {
    const stream = new StepStream(world);
    order = new LockOrder(stream);
    watch = new LockWatch(stream, [order]);
    return (log) => {
      stream.now += 1;
      watch.afterStep(log);
    };
  });
  /** A folio lock, for as long as `inside` takes. */
  const folio = (name: string, pfn: number, inside: () => void = () => {}): void => {
    feed.do(name, 'lock', (t, self) => mutex.lock(t.folio_lock(pfn), self));
    inside();
    feed.do(name, 'unlock', (t) => mutex.unlock(t.folio_lock(pfn)));
  };
  const read = (name: string, inside: () => void = () => {}): void => {
    feed.do(name, 'lock', (t, self) => rwsem.downRead(t.invalidate_lock(1), self));
    inside();
    feed.do(name, 'unlock', (t, self) => rwsem.upRead(t.invalidate_lock(1), self));
  };
  const write = (name: string, inside: () => void = () => {}): void => {
    feed.do(name, 'lock', (t, self) => rwsem.downWrite(t.invalidate_lock(1), self));
    inside();
    feed.do(name, 'unlock', (t) => rwsem.upWrite(t.invalidate_lock(1)));
  };
  return { feed, folio, read, write, blocked: (actor: number, id: number) => watch.blocked(actor, id), report: () => order.report() };
}
const edges = ({ edges: all }: LockOrderReport): string[] => all.map(({ from, fromMode, to, toMode, wanted }) => `${wanted.actor}: ${from} ${fromMode}, ${to} ${toMode}`);
const cycles = ({ cycles: all }: LockOrderReport): string[] => all.map(({ classes, heldBack }) => `${classes.join(' ')}${heldBack.length > 0 ? ` (writer: ${heldBack.join(' ')})` : ''}`);

describe('the acquisition graph', () => {
  it('has an edge from what is held to what is taken, with the first witness', () => {
    const { folio, read, report } = fed();
    folio('a', 2, () => read('a'));
    folio('b', 1, () => read('b'));
    read('c');
    expect(report().edges).toEqual([{
      from: 'folio_lock', fromMode: 'exclusive', to: 'invalidate_lock', toMode: 'shared',
      held: { actor: 'a', leaf: 'in.lock', step: 'lock', at: 1, object: 'folio_lock(pfn 2)' },
      wanted: { actor: 'a', leaf: 'in.lock', step: 'lock', at: 2, object: 'invalidate_lock(inode 1)' },
    }]);
    expect(cycles(report())).toEqual([]);
  });

  it('has none from what was dropped before, in whatever order', () => {
    const { feed, folio, report } = fed();
    feed.do('a', 'lock', (t, self) => mutex.lock(t.slots_lock(0), self));
    feed.do('a', 'lock', (t, self) => rwlock.readLock(t.mmu_lock(0), self));
    feed.do('a', 'unlock', (t) => mutex.unlock(t.slots_lock(0)));
    folio('a', 1);
    feed.do('a', 'unlock', (t, self) => rwlock.readUnlock(t.mmu_lock(0), self));
    folio('a', 1);
    expect(edges(report())).toEqual(['a: slots_lock exclusive, mmu_lock shared', 'a: mmu_lock shared, folio_lock exclusive']);
  });

  it('counts from the attempt: who stands in a queue, and who was found blocked', () => {
    const { feed, folio, report, blocked } = fed();
    feed.do('a', 'lock', (t, self) => rwlock.writeLock(t.mmu_lock(0), self));
    feed.do('a', 'lock', (t, self) => rwsem.downRead(t.invalidate_lock(1), self));
    folio('b', 1, () => {
      feed.do('b', 'lock', (t, self) => rwlock.readLock(t.mmu_lock(0), self), queued);
      expect(edges(report())).toContain('b: folio_lock exclusive, mmu_lock shared');
    });
    feed.do('c', 'lock', (t, self) => mutex.lock(t.slots_lock(0), self));
    feed.do('c', 'lock', (t, self) => rwlock.writeLock(t.mmu_lock(0), self), queued);
    feed.do('c', 'lock', (t, self) => rwsem.downWrite(t.invalidate_lock(1), self), queued);
    expect(edges(report())).toEqual(expect.arrayContaining(['c: slots_lock exclusive, mmu_lock exclusive', 'c: slots_lock exclusive, invalidate_lock exclusive']));
    let lock = 0;
    feed.do('a', 'unlock', (t, self) => { lock = t.folio_lock(2).id; mutex.lock(t.folio_lock(2), self); });
    expect(edges(report())).not.toContain('c: slots_lock exclusive, folio_lock exclusive');
    blocked(3, lock);
    expect(edges(report())).toContain('c: slots_lock exclusive, folio_lock exclusive');
  });

  it('has none to what could not be waited for: a folio that nobody can see, an SRCU section', () => {
    const { feed, read, report } = fed();
    read('a', () => {
      feed.do('a', 'folio.alloc', (t, self) => { t.folio_lock(1).owner = self; });
      feed.do('a', 'lock', (t, self) => srcu.readLock(t.srcu_reader(self), 0));
      feed.do('a', 'lock', (t, self) => mutex.lock(t.slots_lock(0), self));
    });
    expect(edges(report())).toEqual(['a: invalidate_lock shared, slots_lock exclusive', 'a: folio_lock exclusive, slots_lock exclusive', 'a: srcu shared, slots_lock exclusive']);
  });
});

describe('cycles', () => {
  it('are found though nobody ever waited', () => {
    const { folio, read, write, report } = fed();
    folio('a', 1, () => read('a'));
    write('b', () => folio('b', 1));
    expect(cycles(report())).toEqual(['folio_lock invalidate_lock']);
    expect(report().cycles[0]!.edges.map(({ wanted }) => wanted.actor)).toEqual(['a', 'b']);
  });

  it('of two readers need a writer that can queue between them', () => {
    const { folio, read, write, report } = fed();
    folio('a', 1, () => read('a'));
    read('b', () => folio('b', 1));
    expect(cycles(report())).toEqual([]);
    write('c');
    expect(cycles(report())).toEqual(['folio_lock invalidate_lock (writer: invalidate_lock)']);
  });

  it('lead through a section: who is inside wants what is held by who waits for it', () => {
    const { feed, report } = fed();
    feed.do('a', 'lock', (t, self) => srcu.readLock(t.srcu_reader(self), 0));
    feed.do('a', 'lock', (t, self) => mutex.lock(t.slots_lock(0), self));
    feed.do('a', 'unlock', (t) => mutex.unlock(t.slots_lock(0)));
    feed.do('a', 'unlock', (t, self) => srcu.readUnlock(t.srcu_reader(self)));
    feed.do('b', 'lock', (t, self) => mutex.lock(t.slots_lock(0), self));
    expect(cycles(report())).toEqual([]);
    feed.do('b', 'srcu.beginSynchronize', (t, self) => srcu.beginSynchronize(t.srcu_reader, 3, 0, self));
    expect(cycles(report())).toEqual(['slots_lock srcu']);
  });

  it('know who is inside a section that only counts', () => {
    const { feed, report } = fed();
    const count = (n: number) => (t: { mn_invalidate: (vm: number) => { add_mn_active_invalidate_count(n: number): number } }) => t.mn_invalidate(0).add_mn_active_invalidate_count(n);
    feed.do('a', 'lock', count(1));
    feed.do('b', 'lock', count(1));
    feed.do('a', 'unlock', count(-1));
    feed.do('a', 'lock', (t, self) => mutex.lock(t.folio_lock(1), self));
    feed.do('b', 'lock', (t, self) => mutex.lock(t.slots_lock(0), self));
    feed.do('b', 'unlock', (t) => mutex.unlock(t.slots_lock(0)));
    feed.do('b', 'unlock', count(-1));
    expect(edges(report())).toEqual(['b: mn_active_invalidate_count shared, slots_lock exclusive']);
    feed.do('c', 'lock', (t, self) => mutex.lock(t.slots_lock(0), self));
    feed.do('c', 'slots.publish', (t) => t.mn_invalidate(0).mn_active_invalidate_count);
    expect(cycles(report())).toEqual(['mn_active_invalidate_count slots_lock']);
  });

  it('within a class are two instances in both orders, or one twice', () => {
    const { folio, feed, report, blocked } = fed();
    folio('a', 1, () => folio('a', 2));
    folio('b', 1, () => folio('b', 2));
    expect(cycles(report())).toEqual([]);
    folio('c', 2, () => folio('c', 1));
    expect(cycles(report())).toEqual(['folio_lock folio_lock']);
    let lock = 0;
    feed.do('a', 'lock', (t, self) => { lock = t.slots_lock(0).id; mutex.lock(t.slots_lock(0), self); });
    blocked(1, lock);
    expect(cycles(report())).toEqual(['folio_lock folio_lock', 'slots_lock']);
  });

  it('need all of three locks', () => {
    const edge = (from: string, to: string, fromMode: Mode = 'exclusive', toMode: Mode = 'exclusive') => {
      const witness = { actor: 'a', leaf: 'l', step: 's', at: 1, object: from };
      return { from, fromMode, to, toMode, held: witness, wanted: witness };
    };
    const classes = ['A', 'B', 'C'].map((name) => ({ name, kind: 'mutex' as const, writers: true }));
    const run = (...all: ReturnType<typeof edge>[]) => ({ classes, edges: all, nestings: [] });
    expect(cycles(mergeLockOrder([run(edge('A', 'B'), edge('B', 'C')), run(edge('A', 'C'))]))).toEqual([]);
    expect(cycles(mergeLockOrder([run(edge('A', 'B'), edge('B', 'C')), run(edge('C', 'A'))]))).toEqual(['A B C']);
  });
});

/** All graphs of the built-in scenarios under some seeds, put together. */
function graphOf(kernel: Kernel, seeds: number, most: number): LockOrderReport {
  return mergeLockOrder(analysable(kernel).map((name) => reportOver(kernel, name, seeds, most).lockOrder));
}

/** Everything that 6.8 is to take in this order, outer first (spec A2), as far as scenarios show it. */
const DOCUMENTED: readonly (readonly [string, string])[] = [
  ['slots_lock', 'invalidate_lock'], ['invalidate_lock', 'mmu_lock'], ['slots_lock', 'slots_arch_lock'], ['slots_lock', 'mmu_lock'],
  ['invalidate_lock', 'folio_lock'], ['slots_lock', 'srcu'], ['slots_arch_lock', 'mn_active_invalidate_count'], ['mmu_lock', 'flush_ack'],
];

describe('the kernels', () => {
  it('6.8 takes the folio lock and invalidate_lock in both orders, found where nothing hung (G4-B10)', () => {
    // First the memory error to its end, then the hole: strictly one after the other.
    const { report, stuck } = sequentialReport(v6_8, 'SC22', ['hw', 'hw.mf', 'main', 'main.gmem']);
    expect(stuck).toBe(0);
    expect(cycles(report.lockOrder)).toEqual(['folio_lock invalidate_lock']);
    expect(lockOrderLines(report.lockOrder)).toMatchInlineSnapshot(`
      [
        "possible deadlock: folio_lock -> invalidate_lock -> folio_lock: each is wanted",
        "by who holds the one before",
        "",
        "  folio_lock -> invalidate_lock: hw.mf",
        "    held folio_lock(pfn 1) since mf.lockFolio, in event.check.handle.lock,",
        "    step 6",
        "    and wanted invalidate_lock(inode 1) shared at inode.downRead, in",
        "    event.check.handle.file.lock, step 8",
        "  invalidate_lock -> folio_lock: main.gmem",
        "    held invalidate_lock(inode 1) since inode.downWrite, in",
        "    fallocate.carryOut.punch.lock.acquire, step 39",
        "    and wanted folio_lock(pfn 1) at folio.lock, in",
        "    fallocate.carryOut.punch.truncate.lock, step 50",
        "",
        "  This can hang:",
        "",
        "    hw.mf                   main.gmem",
        "    has folio_lock          |",
        "    |                       has invalidate_lock",
        "    waits: invalidate_lock  |",
        "    |                       waits: folio_lock",
      ]
    `);
  });

  it('6.8 shows it in random runs that end well too, and where it hangs, by who waits', () => {
    const found = { finished: 0, deadlock: 0, steps: 0 };
    for (let seed = 1; seed <= 20; seed++) {
      const { why, report } = analysedRun(v6_8, 'SC22', seed);
      if (cycles(report.lockOrder).includes('folio_lock invalidate_lock')) found[why]++;
    }
    expect(found.finished).toBeGreaterThan(0);
    expect(found.deadlock).toBeGreaterThan(0);
  });

  it('6.8 has no other cycle in any built-in scenario, and keeps the documented order', () => {
    const graph = graphOf(v6_8, 12, 2000);
    expect(cycles(graph)).toEqual(['folio_lock invalidate_lock']);
    const pairs = graph.edges.map(({ from, to }) => `${from} ${to}`);
    expect(pairs).toEqual(expect.arrayContaining(DOCUMENTED.map((pair) => pair.join(' '))));
    expect(Math.max(...lockEdgeLines(graph).map((line) => line.length))).toBeLessThanOrEqual(78);
  });

  it('v6.8-fixed has none in any built-in scenario', () => {
    const graph = graphOf(v6_8_fixed, 12, 2000);
    expect(cycles(graph)).toEqual([]);
    const pairs = graph.edges.map(({ from, to }) => `${from} ${to}`);
    expect(pairs).toEqual(expect.arrayContaining([...DOCUMENTED.map((pair) => pair.join(' ')), 'folio_lock bindings_lock', 'invalidate_lock bindings_lock']));
  });

  it('a fault that wants slots_lock inside its SRCU section is found against synchronize_srcu', () => {
    const kernel = deriveKernel(v6_8_fixed, {
      name: 'slots-lock-in-fault',
      fragments: {
        'mmu.fault': (edit) => {
          edit.insertBefore('snapshot', 'lockSlots', step('slots.lock', 'mutex_lock(&kvm->slots_lock)', { ok: 'unlockSlots' }));
          edit.add('unlockSlots', step('slots.unlock', 'mutex_unlock(&kvm->slots_lock)', { ok: 'snapshot' }));
        },
      },
    });
    expect(cycles(reportOver(kernel, 'stress', 10, 3000).lockOrder)).toContain('slots_lock srcu');
  });

  it('a fault that is handled before the CPU has left guest mode is found against the flush that waits for it', () => {
    const kernel = deriveKernel(v6_8_fixed, { name: 'fault-in-guest-mode', fragments: { 'vcpu.tlbMiss': (edit) => edit.remove('leave', 'fault') } });
    expect(cycles(reportOver(kernel, 'stress', 10, 3000).lockOrder)).toContain('flush_ack mmu_lock');
  });

  it('have the layouts and steps that the table of lock classes names', () => {
    for (const row of listedClasses) {
      const home = kernels.flatMap(({ objects }) => objects).find(({ name }) => name === row.layout);
      expect(home, classNameOf(row)).toBeDefined();
      const steps = row.kind === 'section' ? row.waits : row.kind === 'mutex' ? row.fresh ?? [] : [];
      expect(steps.filter((name) => !kernels.some((kernel) => kernel.steps.has(name)))).toEqual([]);
    }
  });

  it('have every lock that steps take in that table, or one with the fields of a lock', () => {
    const names = (kernel: Kernel): string[] => lockClassesOf(preparedWorld(kernel, compile(builtinScenarios[0]!, kernel)).world.plan).map(classNameOf);
    const of68 = ['vcpu_lock', 'slots_lock', 'slots_arch_lock', 'mf_mutex', 'folio_lock', 'invalidate_lock', 'mmap_lock', 'mmu_lock', 'srcu', 'flush_ack', 'mn_active_invalidate_count'];
    expect(names(v6_8)).toEqual(of68);
    expect(names(v6_8_fixed)).toEqual([...of68, 'bindings_lock']);
  });
});
