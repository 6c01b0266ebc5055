// Keeps the execution of one recorded case as a trace, like that of any run.

import { hashOf } from '../runtime/prepared.ts';
import { Recorder } from '../runtime/recorder.ts';
import { Bench } from '../conform/bench.ts';
import type { Machine } from '../conform/config.ts';
import { Context } from '../conform/context.ts';
import { judgeCase, worldFor } from '../conform/judge.ts';
import type { Recording } from '../conform/recording.ts';
import { caseScenario } from '../conform/scenario.ts';
import { TraceFileWriter } from '../trace/file-writer.ts';
import { PACKAGE_VERSION } from '../trace/fingerprints.gen.ts';
import { outcomeNames } from '../trace/outcomes.ts';
import { isDevice } from './destination.ts';
import { isSystemError, systemProblem, UsageError } from './errors.ts';
import type { NamedKernel } from './kernels.ts';

/** Nothing is checked while a case is executed. */
const NOTHING = new Int32Array(0);

/** Executes a case again, alone, and writes the trace. */
export function traceOfCase(recording: Recording, { kernel, fingerprint, text }: NamedKernel, machine: Machine, file: string, force: boolean): void {
  const { needs, topology } = worldFor([recording], kernel, machine);
  const bench = new Bench(kernel, topology);
  const writer = open(file, force || isDevice(file), {
    faultline: PACKAGE_VERSION, runtime: 'simulate', kernel: kernel.name, ...(text === undefined ? {} : { kernelText: text }),
    scenario: caseScenario(recording, machine), seed: 1, fingerprint, leaves: kernel.table.leaves.length, outcomes: outcomeNames(kernel.table), start: hashOf(bench.world),
  });
  try {
    const recorder = new Recorder(bench.world, [], (batch) => writer.batch(batch));
    bench.listener = {
      injected: (injection) => void recorder.recordInjection(injection, NOTHING, 0),
      stepped: () => void recorder.record(NOTHING, 0),
    };
    judgeCase(recording, new Context(bench, needs, machine));
    recorder.flush();
    writer.finish({ why: 'finished', steps: recorder.steps, hash: hashOf(bench.world) });
  } catch (error) {
    writer.close();
    throw error;
  }
}

function open(file: string, force: boolean, header: ConstructorParameters<typeof TraceFileWriter>[1]): TraceFileWriter {
  try {
    return new TraceFileWriter(file, header, force);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UsageError(error.code === 'EEXIST' ? `${file} exists; --force overwrites it` : `${file}: ${systemProblem(error)}`);
  }
}
