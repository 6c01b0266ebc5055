// The file from which a hunt goes on: what was tried and what was found. Written beside and renamed, so that whoever is killed leaves the
// one of before.

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import type { HuntState } from '../explore/hunt/hunter.ts';
import { KINDS } from '../explore/sample-result.ts';
import { isSystemError, systemProblem, UsageError } from './errors.ts';
import type { NamedKernel } from './kernels.ts';

const FORMAT = 'faultline hunt', VERSION = 1;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const texts = v.array(v.string());
const schema = v.object({
  format: v.literal(FORMAT), version: v.literal(VERSION), kernel: v.string(), fingerprint: v.string(),
  seed: count, shard: v.object({ index: count, of: v.pipe(count, v.minValue(1)) }), next: count,
  counts: v.object({ searched: count, sampled: count, repeated: count, refused: count, states: count, schedules: count, steps: count }),
  tried: texts,
  causes: v.array(v.object({
    bugs: texts, kind: v.picklist(KINDS), id: v.string(), sentence: v.string(), key: v.string(), first: count, times: count,
    scenario: v.looseObject({ name: v.string() }), schedule: v.array(v.object({ actor: count, choice: v.number() })), loop: v.optional(count),
  })),
  shapes: v.array(v.object({ key: v.string(), operations: texts, cause: count })),
});

/** Reads the state of an earlier hunt on this kernel; nothing when there is no such file. */
export function readHunt(file: string, { kernel, fingerprint }: NamedKernel): HuntState | undefined {
  if (!existsSync(file)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(isSystemError(error) ? `hunt ${file}: ${systemProblem(error)}` : `${file} is not JSON; --state names the file of a hunt, or one that is not there yet`);
  }
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (!result.success) throw new UsageError(`${file} is not the state of a hunt: ${v.getDotPath(result.issues[0]) ?? 'the whole'}: ${result.issues[0].message}`);
  const { output } = result;
  const wrong = output.shapes.findIndex(({ cause }) => cause >= output.causes.length);
  if (wrong >= 0) throw new UsageError(`${file} is not the state of a hunt: shapes.${wrong}.cause: there is no such cause`);
  if (output.kernel !== kernel.name || output.fingerprint !== fingerprint) {
    throw new UsageError(`${file} is of a hunt on other sources of ${output.kernel === kernel.name ? 'this kernel' : `a kernel, '${output.kernel}'`}; begin anew with another file`);
  }
  return output as unknown as HuntState;
}

/** Writes it. */
export function writeHunt(file: string, { kernel, fingerprint }: NamedKernel, state: HuntState): void {
  const beside = `${file}.tmp`;
  try {
    writeFileSync(beside, `${JSON.stringify({ format: FORMAT, version: VERSION, kernel: kernel.name, fingerprint, ...state })}\n`);
    renameSync(beside, file);
  } catch (error) {
    throw isSystemError(error) ? new UsageError(`cannot write ${file}: ${systemProblem(error)}`) : error;
  }
}
