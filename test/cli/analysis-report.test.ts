// What the analyses of a run find: known bugs are notes, anything else is news and has an exit code.

import { describe, expect, test } from 'vitest';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { v6_8_fixed } from '../../machines/kernels/v6.8-fixed.ts';
import { Analysis, type AnalysisReport } from '../../src/check/analysis.ts';
import { analysisExitCode, analysisFindings } from '../../src/cli/analysis-report.ts';
import { deriveKernel, type Kernel } from '../../src/kernel/define.ts';
import { FootprintWriteLog } from '../../src/runtime/footprint-write-log.ts';
import { preparedWorld } from '../../src/runtime/prepared.ts';
import { Simulation } from '../../src/runtime/simulate.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';

/** What the analyses find in a scenario under 40 seeds. */
function analysed(name: string, kernel: Kernel): AnalysisReport {
  const { world, observer } = preparedWorld(kernel, compile(builtinScenario(name)!, kernel), (objects) => new FootprintWriteLog(objects));
  observer.watchOnly(new Uint8Array(world.plan.objects));
  const start = world.words.slice();
  const analysis = new Analysis(world);
  const simulation = new Simulation(world, observer, 0);
  for (let seed = 0; seed < 40; seed++) {
    world.words.set(start);
    simulation.restart(seed);
    analysis.begin();
    while (simulation.step()) analysis.afterStep(observer.footprint);
  }
  return analysis.report();
}
/** What is said of it, however the lines are broken. */
const said = (kernel: Kernel, report: AnalysisReport, brief: boolean): string => analysisFindings(kernel, report, brief).join(' ').replace(/\s+/g, ' ').trim();
/** v6.8, with a bug that it has not listed. */
const unlisted = (id: string): Kernel => deriveKernel(v6_8, { name: 'unlisted', mended: [id] });

describe('a lock order that could hang', () => {
  const report = analysed('SC22', v6_8);
  test('which is a known bug is a note', () => {
    expect(analysisExitCode(v6_8, report)).toBe(0);
    expect(said(v6_8, report, true)).toBe('lock order folio_lock -> invalidate_lock -> folio_lock: known: G4-B10 of v6.8, mended only in v6.8-fixed');
    expect(said(v6_8, report, false)).toContain('and wanted invalidate_lock(inode 1) shared at inode.downRead');
  });
  test('which is not known is news: exit code 3, with its witnesses however short the report', () => {
    const kernel = unlisted('G4-B10');
    expect(analysisExitCode(kernel, report)).toBe(3);
    expect(said(kernel, report, true)).toMatch(/NEWS, not a known bug of unlisted .* This can hang/);
  });
});

describe('a data race', () => {
  const report = analysed('SC33', v6_8);
  test('which is a known bug is a note', () => {
    expect([report.races.length, analysisExitCode(v6_8, report)]).toEqual([1, 0]);
    expect(said(v6_8, report, true)).toContain('known: G4-B3 of v6.8');
  });
  test('which is not known is news: exit code 1', () => {
    expect(analysisExitCode(unlisted('G4-B3'), report)).toBe(1);
  });
});

test('a kernel without these bugs has neither', () => {
  for (const name of ['SC22', 'SC33']) {
    const report = analysed(name, v6_8_fixed);
    expect([report.lockOrder.cycles, report.races, analysisExitCode(v6_8_fixed, report)]).toEqual([[], [], 0]);
  }
});

test('a run that was not analysed has nothing to say', () => {
  expect(analysisExitCode(v6_8, undefined)).toBe(0);
});
