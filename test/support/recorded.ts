// Runs that are recorded in memory, for tests of traces, replay and export.

import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { deriveKernel, type Kernel } from '../../src/kernel/define.ts';
import type { Invariant } from '../../src/check/invariant.ts';
import { hashOf } from '../../src/runtime/prepared.ts';
import type { Limits, RunOptions, RunResult } from '../../src/runtime/run.ts';
import { simulate } from '../../src/runtime/simulate-run.ts';
import { createGmem, forever, punch, scenario, setAttributes, slot, write } from '../../src/scenario/builder.ts';
import { SC01 } from '../../src/scenario/builtin/sc01.ts';
import { compile } from '../../src/scenario/compile.ts';
import type { Scenario } from '../../src/scenario/types.ts';
import type { TraceBatch } from '../../src/trace/batch.ts';
import { encodeBatch, encodeFooter, encodeHeader } from '../../src/trace/encode.ts';
import { fingerprintOf } from '../../src/trace/fingerprint.ts';
import { FORMAT, type TraceFooter, type TraceHeader } from '../../src/trace/header.ts';
import { outcomeNames } from '../../src/trace/outcomes.ts';

export { SC01, v6_8 };

/** SC01 again and again: runs until a limit. */
export const ENDLESS: Scenario = scenario({
  name: 'endless', vms: [{ vcpus: [{ program: [forever([write(0, 7, { any: 2 })])] }] }],
  setup: [createGmem('A', 2), slot(0, 0, 2, { fd: 'A' }), setAttributes(0, 2, 'private')],
  threads: [{ name: 'main', program: [forever([punch('A', 0, 1)])] }],
});

/** v6.8 without the last stale test: breaks S-01. */
export const M02: Kernel = deriveKernel(v6_8, { name: 'M02', fragments: { 'mmu.fault': (edit) => edit.remove('stale', 'map') } });

export interface Recorded {
  readonly kernel: Kernel;
  readonly header: TraceHeader;
  readonly batches: readonly TraceBatch[];
  readonly footer: TraceFooter;
  readonly result: RunResult;
}

export interface RecordOptions { readonly kernel?: Kernel; readonly seed?: number; readonly limits?: Limits; readonly invariants?: readonly Invariant[]; readonly inject$?: RunOptions['inject$'] }

export async function record(what: Scenario = SC01, { kernel = v6_8, seed = 1, limits = {}, invariants = [], inject$ }: RecordOptions = {}): Promise<Recorded> {
  const run = simulate.open({ kernel, topology: compile(what, kernel), seed, limits, invariants, scenario: what, ...(inject$ ? { inject$ } : {}) });
  const batches: TraceBatch[] = [];
  run.batches.subscribe((batch) => batches.push(batch));
  const start = hashOf(run.world);
  const result = await run.start();
  return {
    kernel, batches, result,
    header: {
      format: FORMAT, faultline: 'test', runtime: 'simulate', kernel: kernel.name, scenario: what as unknown as Record<string, unknown>, seed,
      fingerprint: fingerprintOf(kernel), leaves: kernel.table.leaves.length, outcomes: outcomeNames(kernel.table), start,
    },
    footer: { why: result.why, steps: result.steps, hash: result.hash, ...(result.violation ? { violation: result.violation } : {}) },
  };
}

/** The bytes of its file. */
export function bytesOf({ header, batches, footer }: Pick<Recorded, 'header' | 'batches' | 'footer'>): Uint8Array {
  return new Uint8Array(Buffer.concat([encodeHeader(header), ...batches.map(encodeBatch), encodeFooter(footer)]));
}

/** A copy in which word `word` of the record of `step` is another. */
export function withWord(recorded: Recorded, step: number, word: number, value: number): Recorded {
  return {
    ...recorded,
    batches: recorded.batches.map((batch) => {
      if (step < batch.first || step >= batch.first + batch.count) return batch;
      const records = batch.records.slice();
      records[(step - batch.first) * 4 + word] = value;
      return { ...batch, records };
    }),
  };
}
