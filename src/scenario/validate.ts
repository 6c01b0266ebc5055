// From whatever somebody gives to a Scenario: size and depth first, then the schema; the first thing wrong is the error.

import * as v from 'valibot';
import { at, ScenarioError } from './errors.ts';
import { guard } from './guard.ts';
import { scenarioSchema } from './schema.ts';
import type { Call } from '../memory/calls.ts';
import type { Scenario } from './types.ts';

/** Checks the form of a scenario. Names, pages and arguments are the compiler's. */
export function validateScenario(input: unknown, calls: readonly Call[]): Scenario {
  const result = v.safeParse(scenarioSchema(calls), guard(input), { abortEarly: true });
  if (result.success) return result.output as Scenario;
  const issue = result.issues[0];
  const keys = (issue.path ?? []).map((item) => item.key as string | number);
  // An unknown member is named in the sentence, which is about the object that has it.
  if (issue.type === 'strict_object' && issue.expected === 'never') keys.pop();
  throw new ScenarioError(keys.reduce<string>((path, key) => at(path, key), ''), issue.message);
}
