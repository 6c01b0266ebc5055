// Traces as commands name them: a file, or the last run's.

import { existsSync } from 'node:fs';
import type { Topology } from '../scenario/topology.ts';
import type { Scenario } from '../scenario/types.ts';
import { checkVersion } from '../runtime/replay.ts';
import { PACKAGE_VERSION } from '../trace/fingerprints.gen.ts';
import { TraceError } from '../trace/errors.ts';
import type { TraceHeader } from '../trace/header.ts';
import { openTraceFile } from '../trace/file-reader.ts';
import type { TraceSource } from '../trace/source.ts';
import { isSystemError, systemProblem, UsageError } from './errors.ts';
import { kernelOfTrace, type NamedKernel } from './kernels.ts';
import { COMMAND } from './output.ts';
import { runtimes } from './runtimes.ts';
import { compiled } from './scenarios.ts';

/** Where a run keeps its trace when nobody says. */
export const LAST_TRACE = 'traces/last.trace';

export interface OpenTrace extends NamedKernel {
  readonly source: TraceSource;
  readonly scenario: Scenario;
  readonly topology: Topology;
}

/** What picked the steps of a trace: a seed, or the hardware. */
export const originOf = ({ runtime, seed }: TraceHeader): string => (runtime === 'threads' ? 'on real threads' : `seed ${seed}`);

/** Opens a trace file; without a name the last run's. */
export function openTrace(file: string | undefined): TraceSource {
  const path = file ?? LAST_TRACE;
  if (path === '') throw new UsageError('the name of the trace is empty; name a file, or leave it out for the last run\'s');
  if (file === undefined && !existsSync(path)) throw new UsageError(`there is no ${LAST_TRACE} here; name a trace, or make one: ${COMMAND} run`);
  try {
    const source = openTraceFile(path);
    const { runtime } = source.header;
    if (!runtimes.some(({ name }) => name === runtime)) {
      throw new TraceError('malformed', `has a header that names runtime '${runtime}', which this faultline does not have; there is ${runtimes.map(({ name }) => name).join(', ')}`).of(source.name);
    }
    return source;
  } catch (error) {
    if (isSystemError(error)) throw new UsageError(`trace ${path}: ${systemProblem(error)}`);
    throw error;
  }
}

/** A trace together with what it takes to replay it. Refuses one that was made from other sources. */
export function openReplayable(file: string | undefined, trusted: boolean): OpenTrace {
  const source = openTrace(file);
  const named = kernelOfTrace(source.header, source.name, trusted);
  checkVersion(source, named.kernel, named.fingerprint, PACKAGE_VERSION);
  return { source, ...named, ...compiled(source.header.scenario, source.name, named.kernel) };
}
