// Lock order in lockdep's manner, held against what the analyses of a run find.

import { expect, test } from 'vitest';
import { Analysis } from '../../src/check/analysis.ts';
import { FootprintLog } from '../../src/check/footprint.ts';
import type { LockOrderReport } from '../../src/check/lock-report.ts';
import { lockdep } from '../../src/export/lockdep.ts';
import { Replayer } from '../../src/runtime/replay.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';
import type { Scenario } from '../../src/scenario/types.ts';
import { traceInMemory } from '../../src/trace/source.ts';
import { exported } from '../support/exported.ts';
import { bytesOf, ENDLESS, record, SC01, v6_8, type Recorded } from '../support/recorded.ts';

/** What the analysis of the replayed run says. */
function analysed(recorded: Recorded, scenario: Scenario): LockOrderReport {
  const replayer = new Replayer(traceInMemory('t', bytesOf(recorded)), v6_8, compile(scenario, v6_8), (objects) => new FootprintLog(objects));
  const analysis = new Analysis(replayer.world);
  for (replayer.observer.clear(); replayer.next(); replayer.observer.clear()) analysis.afterStep(replayer.observer);
  return analysis.report().lockOrder;
}

const SC22 = builtinScenario('SC22')!;

test('a cycle: who wants what holding what, the chain round, and who stops whom', async () => {
  expect(exported(lockdep, await record(SC22), SC22)).toMatchInlineSnapshot(`
    "# lock order of a run of the laboratory: model v6.8, scenario SC22, step 67
    # {R}: shared, {W}: exclusive. A name is a class; an object is named with its numbers.

    ==============================================================
    WARNING: possible circular locking dependency
    --------------------------------------------------------------
    main.gmem is trying to acquire lock:
      (folio_lock){W}: folio_lock(pfn 1), at: folio.lock, in fallocate.carryOut.punch.truncate.lock, step 48

    but it already holds:
      (invalidate_lock){W}: invalidate_lock(inode 1), at: inode.downWriteGranted, in fallocate.carryOut.punch.lock.wait, step 32

    and elsewhere the order is the other way round.

    the chain, the newest first:

    -> #1 (folio_lock){W}, behind (invalidate_lock){W}:
           main.gmem held  invalidate_lock(inode 1), taken by inode.downWriteGranted, in fallocate.carryOut.punch.lock.wait, step 32
           main.gmem wants folio_lock(pfn 1), by folio.lock, in fallocate.carryOut.punch.truncate.lock, step 48

    -> #0 (invalidate_lock){R}, behind (folio_lock){W}:
           hw.mf held  folio_lock(pfn 1), taken by mf.lockFolio, in event.check.handle.lock, step 10
           hw.mf wants invalidate_lock(inode 1), by inode.downRead, in event.check.handle.file.lock, step 12

     This can stop both for ever:

      CPU0                        CPU1
      ----                        ----
      lock(folio_lock);
                                  lock(invalidate_lock);
      rlock(invalidate_lock);
                                  lock(folio_lock);

      *** DEADLOCK ***
    "
  `);
});

test('every cycle of the analysis is told, with its steps', async () => {
  let cycles = 0;
  for (let seed = 1; seed <= 10; seed++) {
    const recorded = await record(SC22, { seed });
    if (recorded.footer.why === 'deadlock') continue;
    const report = analysed(recorded, SC22);
    const text = exported(lockdep, recorded, SC22);
    expect([...text.matchAll(/^WARNING: /gm)]).toHaveLength(report.cycles.length);
    for (const { held, wanted } of report.cycles.flatMap(({ edges }) => edges)) {
      for (const { step, leaf, at } of [held, wanted]) expect(text).toContain(`${step}, in ${leaf}, step ${at}`);
    }
    cycles += report.cycles.length;
  }
  expect(cycles).toBeGreaterThan(0);
});

test('what a deadlock waits for counts as wanted', async () => {
  for (let seed = 1; seed < 200; seed++) {
    const recorded = await record(SC22, { seed });
    if (recorded.footer.why !== 'deadlock') continue;
    expect(exported(lockdep, recorded, SC22)).toMatch(/WARNING: possible circular locking dependency/);
    return;
  }
  throw new Error('no seed deadlocks SC22');
});

test('without a cycle it says so, and tells every edge that was seen', async () => {
  const recorded = await record(ENDLESS, { limits: { steps: 3000 } });
  const { edges, cycles } = analysed(recorded, ENDLESS);
  const text = exported(lockdep, recorded, ENDLESS);
  expect(cycles).toEqual([]);
  expect(text).toMatch(/^# lock order .* scenario endless, step 3000\n/);
  expect(text).toContain('No circular dependency in this run');
  expect([...text.matchAll(/ -> /g)]).toHaveLength(edges.length);
  expect(edges.length).toBeGreaterThan(3);
});

test('a part of a run is told as far as it goes', async () => {
  expect(exported(lockdep, await record(), SC01, 1, 5)).toMatch(/up to step 5\n[^]*No lock was wanted by who held another one\.\n$/);
});
