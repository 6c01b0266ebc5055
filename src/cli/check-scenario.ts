// What `check` says of a scenario: how large its world is, who acts, how many states it may come to, which kernels it fits.

import { DEFAULT_KERNEL, kernels } from '../../machines/kernels/index.ts';
import { defaultMode, estimate, type Estimate } from '../explore/estimate.ts';
import { preparedWorld } from '../runtime/prepared.ts';
import { roomOf } from '../runtime/room.ts';
import { SetupError } from '../runtime/setup.ts';
import { planFor } from '../runtime/world.ts';
import type { Kernel } from '../kernel/define.ts';
import { loadScenario } from '../scenario/load.ts';
import * as api from '../index.ts';
import { UsageError } from './errors.ts';
import { DEFAULTS } from './explore-options.ts';
import { findKernel, type NamedKernel } from './kernels.ts';
import { COMMAND, counted, grouped, labelled, labelledCommand, shellWord } from './output.ts';
import { picture } from './picture.ts';
import { compiled, type CompiledScenario } from './scenarios.ts';
import type { Checked } from './check.ts';

/** Loads a scenario, compiles it for every built-in kernel and the one that is named, and says what it comes to on that. */
export function checkScenario(name: string, kernelName: string | undefined): Checked {
  const loaded = loadScenario(name, { modules: { faultline: api } });
  const named = findKernel(kernelName ?? DEFAULT_KERNEL);
  const { kernel } = named;
  const { scenario, topology } = fitted(loaded, name, named);
  const plan = planFor(kernel, topology);
  const guess = estimate(kernel, topology, DEFAULTS.states);
  const others = kernels.filter((one) => one !== kernel).map((one) => ({ kernel: one.name, problem: problemOf(loaded, name, one) }));
  const fits = [kernel.name, ...others.filter(({ problem }) => problem === undefined).map((one) => one.kernel)];
  const operations = topology.actors.filter(({ code }) => code.length > 0).length;
  return {
    json: {
      kind: 'scenario', name: scenario.name, actors: topology.actors.map(({ name: actor, machine }) => ({ name: actor, machine })), objects: plan.objects, words: plan.stateWords,
      states: { estimate: guess.states === Infinity ? null : guess.states, exact: guess.exact, strategy: defaultMode(guess) }, fits, refused: others.filter(({ problem }) => problem !== undefined),
    },
    lines: [
      labelled('scenario', `${scenario.name}${scenario.title === undefined ? '' : `: ${scenario.title}`}`),
      labelled('actors', `${counted(topology.actors.length, 'actor')}, ${operations} of them with a program`),
      ...picture(topology),
      labelled('world', `${roomOf(plan)}, ${counted(plan.stateWords, 'word')} of state`),
      labelled('states', `${statesText(guess)}, on ${kernel.name}: explore ${defaultMode(guess) === 'exhaustive' ? 'searches every interleaving' : 'takes samples'}`),
      labelled('kernels', `it fits ${fits.join(', ')}`),
      ...others.flatMap(({ kernel: one, problem }) => (problem === undefined ? [] : [labelled('', `not ${one}: ${problem}`)])),
    ],
    next: labelledCommand('next', `${COMMAND} explore ${shellWord(name)}${kernelName === undefined ? '' : ` --kernel ${shellWord(kernelName)}`}`),
  };
}

const statesText = ({ states, exact }: Estimate): string => (states === Infinity ? 'no end in sight' : exact ? `${grouped(states)}, exactly` : `some ${grouped(Number(states.toPrecision(1)))} by estimate`);

/** Compiles, and lets the set-up run: it may be that a call in it does not answer what is expected. */
function fitted(loaded: unknown, name: string, { kernel }: Pick<NamedKernel, 'kernel'>): CompiledScenario {
  const found = compiled(loaded, name, kernel);
  try {
    preparedWorld(kernel, found.topology);
  } catch (error) {
    throw error instanceof SetupError ? new UsageError(`${name}, on kernel ${kernel.name}: ${error.message}`) : error;
  }
  return found;
}

function problemOf(loaded: unknown, name: string, kernel: Kernel): string | undefined {
  try {
    fitted(loaded, name, { kernel });
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}
