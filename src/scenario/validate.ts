// From whatever somebody gives to a Scenario: size and depth first, then the schema; the first thing wrong is the error.

import * as v from 'valibot';
import { at, ScenarioError } from './errors.ts';
import { guard } from './guard.ts';
import { commandSchema, scenarioSchema, type LanguageName } from './schema.ts';
import type { Call } from '../memory/calls.ts';
import type { Schema } from './fields.ts';
import type { HardwareSpec, Scenario, ThreadSpec, VcpuSpec } from './types.ts';
import type { AnyOp } from './walk.ts';

/** Checks the form of a scenario. Names, pages and arguments are the compiler's. */
export function validateScenario(input: unknown, calls: readonly Call[]): Scenario {
  const scenario = parsed(scenarioSchema(calls), input, '') as Scenario;
  for (const [path, actor] of actorsOf(scenario)) {
    const programs = ['program', 'thread'].filter((member) => (actor as Record<string, unknown>)[member] !== undefined);
    if (actor.commands === true && programs.length > 0) throw new ScenarioError(path, `takes commands and has a '${programs[0]}'; give one of them`);
    if (actor.commands === undefined && 'name' in actor && programs.length === 0) throw new ScenarioError(at(path, 'program'), "is missing: what it does, or 'commands' for what comes from outside");
  }
  return scenario;
}

/** Checks the form of a command; its path is `do`. */
export const validateCommand = (input: unknown, calls: readonly Call[], language: LanguageName): readonly AnyOp[] => parsed(commandSchema(calls, language), input, 'do') as readonly AnyOp[];

/** Everybody who may take commands. */
const actorsOf = ({ vms, threads = [], hardware = [] }: Scenario): (readonly [string, VcpuSpec | ThreadSpec | HardwareSpec])[] => [
  ...vms.flatMap(({ vcpus = [] }, vm) => vcpus.map((vcpu, i) => [`vms[${vm}].vcpus[${i}]`, vcpu] as const)),
  ...threads.map((thread, i) => [`threads[${i}]`, thread] as const), ...hardware.map((one, i) => [`hardware[${i}]`, one] as const),
];

/** The first thing that is wrong is the error. */
function parsed(schema: Schema, input: unknown, path: string): unknown {
  const result = v.safeParse(schema, guard(input), { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const keys = (issue.path ?? []).map((item) => item.key as string | number);
  // An unknown member is named in the sentence, which is about the object that has it.
  if (issue.type === 'strict_object' && issue.expected === 'never') keys.pop();
  throw new ScenarioError(keys.reduce<string>((before, key) => at(before, key), path), issue.message);
}
