import { describe, expect, it } from 'vitest';
import { Analysis, mergeReports, type AnalysisReport } from '../../src/check/analysis.ts';
import { analysisLines } from '../../src/check/analysis-text.ts';
import { mergeCoverage, transitionCoverage } from '../../src/check/transitions.ts';
import { outcomeName } from '../../src/memory/outcome.ts';
import { preparedWorld } from '../../src/runtime/prepared.ts';
import { Recorder } from '../../src/runtime/recorder.ts';
import { Simulation } from '../../src/runtime/simulate.ts';
import { FootprintWriteLog } from '../../src/runtime/footprint-write-log.ts';
import { Tally } from '../../src/runtime/tally.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { v6_8_fixed } from '../../machines/kernels/v6.8-fixed.ts';
import { analysedRun, reportOver, watchedRun } from '../support/analysed.ts';

const reports = (name: string, seeds: number): AnalysisReport[] => Array.from({ length: seeds }, (_one, k) => analysedRun(v6_8, name, k + 1, 4000).report);

describe('a report', () => {
  it('is plain data: the same after it was sent to another thread', () => {
    const { report } = analysedRun(v6_8, 'stress-all', 1, 2000);
    expect(structuredClone(report)).toEqual(report);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(report.windows.length).toBeGreaterThan(0);
  });

  it('is the same of the same run', () => {
    expect(analysedRun(v6_8, 'stress-all', 4, 3000).report).toEqual(analysedRun(v6_8, 'stress-all', 4, 3000).report);
  });

  it('of several runs is what one analysis of all of them has found', () => {
    const together = reportOver(v6_8, 'SC22', 12, 4000);
    const merged = mergeReports(reports('SC22', 12));
    expect(merged.lockOrder).toEqual(together.lockOrder);
    expect(together.lockOrder.cycles).toHaveLength(1);
    const { lockOrder: _one, coverage: all, ...rest } = merged;
    expect(together).toMatchObject(rest);
    const sorted = (coverage: AnalysisReport['coverage']) => coverage.map(({ machine, taken, missed }) => ({ machine, taken: taken.toSorted(), missed: missed.toSorted() }));
    expect(sorted(all)).toEqual(sorted(together.coverage));
  });

  it('of no run is empty, and merging one changes nothing', () => {
    expect(mergeReports([])).toMatchObject({ steps: 0, races: [], windows: [], contention: [], retries: [], coverage: [] });
    const { report } = analysedRun(v6_8, 'SC01', 1);
    expect(mergeReports([report])).toEqual(report);
  });
});

describe('counts', () => {
  it('of locks and retries are those of the steps', () => {
    const counted = new Map<string, number>();
    let analysis!: Analysis;
    const { steps } = watchedRun(v6_8_fixed, builtinScenario('stress')!, 2, (world) => {
      analysis = new Analysis(world);
      return (footprint) => {
        analysis.afterStep(footprint);
        const key = `${world.table.leaves[world.last.leaf]!.step} ${outcomeName(world.last.outcome)}`;
        counted.set(key, (counted.get(key) ?? 0) + 1);
      };
    });
    const times = (...keys: string[]): number => keys.reduce((sum, key) => sum + (counted.get(key) ?? 0), 0);
    const report = analysis.report();
    const lock = (name: string) => report.contention.find(({ lockClass }) => lockClass === name);
    expect(report.steps).toBe(steps);
    expect(lock('mmu_lock')).toEqual({
      lockClass: 'mmu_lock', taken: times('mmu.readLock ok', 'mmu.readLockGranted ok', 'mmu.writeLock ok', 'mmu.writeLockGranted ok'),
      waited: times('mmu.readLock queued', 'mmu.writeLock queued'),
    });
    expect(lock('invalidate_lock')).toEqual({ lockClass: 'invalidate_lock', taken: times('inode.downRead ok', 'inode.downWrite ok', 'inode.downWriteGranted ok'), waited: times('inode.downWrite queued') });
    expect(lock('slots_lock')).toEqual({ lockClass: 'slots_lock', taken: times('slots.lock ok'), waited: 0 });
    // Sections: entered by any number, waited for by the installer of memslots if anybody is inside.
    expect(lock('mn_active_invalidate_count')).toEqual({ lockClass: 'mn_active_invalidate_count', taken: times('mn.countUp ok'), waited: times('slots.publish busy') });
    expect(lock('srcu')!.taken).toBe(times('srcu.readLock ok'));
    expect(lock('mmu_lock')!.waited).toBeGreaterThan(10);
    const retry = (step: string, name: string) => report.retries.find((one) => one.step === step && one.outcome === name)?.times;
    expect(retry('fault.testStale', 'stale')).toBe(times('fault.testStale stale'));
    expect(retry('fault.testStale', 'stale')).toBeGreaterThan(0);
    expect(report.retries.every((one) => one.times === times(`${one.step} ${one.outcome}`))).toBe(true);
  });

  it('of transitions are those of a Tally, machine by machine', () => {
    const topology = compile(builtinScenario('stress-small')!, v6_8);
    const { world, observer } = preparedWorld(v6_8, topology, (objects) => new FootprintWriteLog(objects));
    const tally = new Tally(world);
    const recorder = new Recorder(world, [], (batch) => tally.take(batch));
    const analysis = new Analysis(world);
    const simulation = new Simulation(world, observer, 1);
    while (simulation.step()) {
      analysis.afterStep(observer.footprint);
      recorder.record(observer.written, 0);
    }
    recorder.flush();
    const { coverage } = analysis.report();
    expect(coverage).toEqual(transitionCoverage(world.table, topology, tally));
    const vcpu = coverage.find(({ machine }) => machine === 'vcpu')!;
    expect(vcpu.taken).toContain('call.run.tlbMiss.fault.map: fixed');
    expect(vcpu.missed).toContain('call.run.tlbMiss.fault.invalid: invalid');
    expect(vcpu.taken.length + vcpu.missed.length).toBe(world.table.leaves.filter(({ machine }) => machine === 'vcpu').reduce((sum, { outcomes }) => sum + outcomes.length, 0));
    expect(coverage.map(({ machine }) => machine)).toEqual([...new Set(topology.actors.map(({ machine }) => machine))].toSorted());
  });

  it('of coverage: missed is what nobody has taken who could', () => {
    expect(mergeCoverage([
      [{ machine: 'm', taken: ['a'], missed: ['b', 'c'] }], [{ machine: 'm', taken: ['b'], missed: ['a', 'd'] }], [{ machine: 'n', taken: [], missed: ['a'] }],
    ])).toEqual([{ machine: 'm', taken: ['a', 'b'], missed: ['c', 'd'] }, { machine: 'n', taken: [], missed: ['a'] }]);
  });
});

describe('the text', () => {
  it('says what was found, first', () => {
    const lines = analysisLines(mergeReports(reports('SC22', 3)));
    expect(lines[0]).toBe('possible deadlock: folio_lock -> invalidate_lock -> folio_lock: each is wanted');
    expect(lines).toContain('locks, times taken and times waited for:');
    const race = analysisLines(mergeReports(reports('SC33', 8))).join('\n');
    expect(race).toMatch(/^data race: (toggler\.vm writes|puncher\.gmem reads) memslot\(slot 1\) in (memslot\.freeOld|gmem\.nextBoundSlot)/);
  });

  it('says that nothing was found', () => {
    expect(analysisLines(analysedRun(v6_8_fixed, 'SC01', 1).report)[0]).toBe('no lock-order cycle, no data race');
  });

  it('lists as many windows as it is asked to, and keeps within 78 columns', () => {
    const report = mergeReports([...reports('stress-all', 2), ...reports('SC33', 3), ...reports('SC22', 3)]);
    const lines = analysisLines(report, { windows: Infinity });
    expect(lines.filter((line) => line.length > 78)).toEqual([]);
    expect(lines.length).toBeGreaterThan(report.windows.length);
    expect(analysisLines(report, { windows: 3 }).filter((line) => / between /.test(line)).length).toBeLessThanOrEqual(6);
  });
});
