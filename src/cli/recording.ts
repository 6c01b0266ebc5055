// Writing a run to a trace file while it goes on.

import { dirname } from 'node:path';
import type { Run, RunResult } from '../runtime/run.ts';
import type { Scenario } from '../scenario/types.ts';
import { TraceFileWriter } from '../trace/file-writer.ts';
import { PACKAGE_VERSION } from '../trace/fingerprints.gen.ts';
import { outcomeNames } from '../trace/outcomes.ts';
import { isDevice, makeFolders } from './destination.ts';
import { complain } from './output.ts';
import { isSystemError, systemProblem, UsageError } from './errors.ts';
import type { NamedKernel } from './kernels.ts';
import { LAST_TRACE } from './traces.ts';

export class Recording {
  /** Name of the file; nothing when the run goes unrecorded. */
  readonly file: string | undefined;
  /** What went wrong while writing. */
  problem: UsageError | undefined;
  private readonly writer: TraceFileWriter | undefined;
  private steps = 0;

  /** `file` is what --trace named; without it the run goes to the last trace, and on without one if that cannot be written. */
  constructor(run: Run, runtime: string, { kernel, fingerprint, text }: NamedKernel, scenario: Scenario, file: string | undefined, force: boolean) {
    const path = file ?? LAST_TRACE;
    try {
      if (file === undefined) makeFolders(dirname(path));
      this.writer = new TraceFileWriter(path, {
        faultline: PACKAGE_VERSION, runtime, kernel: kernel.name, ...(text ? { kernelText: text } : {}), scenario: scenario as unknown as Record<string, unknown>,
        seed: run.options.seed, fingerprint, leaves: kernel.table.leaves.length, outcomes: outcomeNames(kernel.table), start: run.startHash,
      }, file === undefined || force || isDevice(path));
      this.file = path;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      if (file !== undefined) throw new UsageError(`cannot write ${path}: ${systemProblem(error)}`);
      complain(`note: the run is not recorded, since ${path} cannot be written: ${systemProblem(error)}`);
    }
    run.batches.subscribe((batch) => {
      if (this.writer === undefined || this.problem !== undefined) return;
      try {
        this.writer.batch(batch);
        this.steps += batch.count;
      } catch (error) {
        if (!isSystemError(error)) throw error;
        this.problem = new UsageError(`cannot write ${path}: ${systemProblem(error)}; the run was ended, the trace is whole up to step ${batch.first - 1}`);
        run.stop();
      }
    });
  }

  /** The run has ended; without a result it has failed, and nobody knows what the step that failed left in memory. */
  finish(result: Pick<RunResult, 'why' | 'steps' | 'hash' | 'violation'> | undefined): void {
    if (this.writer === undefined) return;
    if (this.problem !== undefined) {
      this.writer.close();
      return;
    }
    const { why, steps, hash, violation } = result ?? { why: 'failed', steps: this.steps, hash: '' } as const;
    try {
      this.writer.finish({ why, steps, hash, ...(violation ? { violation: { id: violation.id, sentence: violation.sentence } } : {}) });
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.problem = new UsageError(`cannot write ${this.file}: ${systemProblem(error)}; the trace is whole up to step ${this.steps}, and has no footer`);
    }
  }
}
