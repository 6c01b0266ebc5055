// What a person writes into a kernel and is not one: members that do not exist, steps that nothing executes, names that cannot be
// written into files and commands. Left alone, each would run the unchanged kernel as if it were the patched one.

import type { Config } from '../memory/world.ts';
import { LIMITS } from '../scenario/limits.ts';
import { shown } from '../scenario/errors.ts';
import type { Kernel } from './define.ts';
import { nearest } from './nearest.ts';

const CONFIG: Readonly<Record<keyof Config, true>> = { attributes: true, memoryFailure: true, vmTypes: true, userMemSlots: true, gmemFlags: true, gmemOfDefaultVm: true, prefault: true, smm: true, privacy: true, shmem: true, slotHoldsFile: true, fileWithoutVm: true, shareability: true, hugeFiles: true };

/** Refuses what is no object, lacks a fit name, or has a member that is none of `known`; answers how sentences name the kernel. */
export function checkMembers(given: unknown, known: Readonly<Record<string, true>>): string {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new Error(`a kernel is described by an object, { name: …, … }, not by ${shown(given)}`);
  const { name, config } = given as { name?: unknown; config?: unknown };
  if (name === undefined) throw new Error(`the kernel's name is missing: { name: 'my-patch', … }`);
  if (typeof name !== 'string' || name.length > LIMITS.name || !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
    throw new Error(`the name of a kernel must be letters and digits, then '.', '_' or '-' too, ${LIMITS.name} at most, not ${shown(name)}`);
  }
  const kernel = `kernel '${name}'`;
  refuseUnknown(kernel, 'member', Object.keys(given), known);
  if (typeof config === 'object' && config !== null) refuseUnknown(kernel, 'config', Object.keys(config), CONFIG);
  return kernel;
}

function refuseUnknown(kernel: string, what: string, keys: readonly string[], known: Readonly<Record<string, true>>): void {
  for (const key of keys) {
    if (!Object.hasOwn(known, key)) throw new Error(`${kernel} has ${what} ${shown(key)}, which does not exist${nearest(key, Object.keys(known)) || `; there is ${Object.keys(known).join(', ')}`}`);
  }
}

/** Refuses steps that are no functions. */
export function checkSteps({ name: kernel, steps }: Pick<Kernel, 'name' | 'steps'>): void {
  for (const [name, step] of steps) if (typeof step !== 'function') throw new Error(`kernel '${kernel}': step '${name}' must be a function, not ${shown(step)}`);
}

/** Refuses steps that `kernel` has, `base` has not and no state executes; and such fragments, which no state uses. */
export function checkUse(kernel: Kernel, base: Kernel): void {
  const executed = new Set<string>();
  const used = new Set(kernel.machines.map(({ root }) => root));
  for (const { states } of kernel.fragments.values()) {
    for (const state of Object.values(states)) {
      if ('meta' in state) executed.add(state.meta.step);
      else if ('use' in state) used.add(state.use);
    }
  }
  for (const name of kernel.steps.keys()) {
    if (!base.steps.has(name) && !executed.has(name)) throw new Error(`kernel '${kernel.name}' adds step '${name}', which no state executes${nearest(name, base.steps.keys())}`);
  }
  for (const name of kernel.fragments.keys()) {
    if (!base.fragments.has(name) && !used.has(name)) throw new Error(`kernel '${kernel.name}' adds fragment '${name}', which no state uses${nearest(name, base.fragments.keys())}`);
  }
}
