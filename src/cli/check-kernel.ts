// What `check` says of a kernel: what it consists of, and what it changes.

import { everyKernel, kernels } from '../../machines/kernels/index.ts';
import type { Kernel } from '../kernel/define.ts';
import { changesNothing, changesOf, type KernelChanges } from '../kernel/difference.ts';
import { fits } from '../runtime/fits.ts';
import { builtinScenario, builtinScenarios } from '../scenario/builtin/index.ts';
import { findKernel } from './kernels.ts';
import { COMMAND, counted, labelled, labelledCommand, shellWord } from './output.ts';
import { defaultScenario } from './scenarios.ts';
import type { Checked } from './check.ts';

/** Finds a kernel, checks it, and says what it is. */
export function checkKernel(name: string): Checked {
  const { kernel } = findKernel(name);
  const { leaves } = kernel.table;
  const base = kernels.find((one) => one.name === kernel.base);
  const changes = base && changesOf(base, kernel);
  const machines = kernel.machines.map(({ machine, root }) => ({ machine, root, states: leaves.filter((leaf) => leaf.machine === machine).length }));
  const used = new Set(leaves.filter((leaf) => !leaf.final).map(({ step }) => step));
  // A built-in kernel has steps that only later ones execute.
  const unused = everyKernel.includes(kernel) ? [] : [...kernel.steps.keys()].filter((step) => !used.has(step) && base?.steps.has(step) !== true);
  return {
    json: { kind: 'kernel', name: kernel.name, title: kernel.title, base: kernel.base ?? null, machines, states: leaves.length, steps: used.size, changes: changes ?? null, stepsOfNoState: unused, bugs: kernel.bugs.map(({ id }) => id) },
    lines: [
      labelled('kernel', `${kernel.name}: ${kernel.title}`),
      labelled('machines', `${counted(machines.length, 'statechart')}, ${counted(leaves.length, 'state')}: ${machines.map(({ machine, states }) => `${machine} ${states}`).join(', ')}`),
      labelled('steps', `${counted(used.size, 'step')} in ${counted(kernel.fragments.size, 'fragment')}, ${counted(kernel.objects.length, 'kind')} of objects, ${counted(kernel.calls.length, 'system call')}`),
      ...(kernel.bugs.length === 0 ? [] : [labelled('known bugs', kernel.bugs.map(({ id }) => id).join(', '))]),
      ...changeLines(kernel, base, changes),
      ...unused.map((step) => labelled('note', `step '${step}' is executed by no state: nothing leads to it yet`)),
    ],
    next: labelledCommand('next', `${COMMAND} explore ${worthExploring(kernel, base)} --kernel ${shellWord(name)}`),
  };
}

/** The scenario of a bug that the kernel says it has mended; else the first that runs on it. */
function worthExploring(kernel: Kernel, base: Kernel | undefined): string {
  const mended = base?.bugs.find((bug) => kernel.bugs.every(({ id }) => id !== bug.id) && fits(builtinScenario(bug.scenario)!, kernel));
  return mended?.scenario ?? builtinScenarios.find((one) => fits(one, kernel))?.name ?? defaultScenario();
}

function changeLines({ base: name }: Kernel, base: Kernel | undefined, changes: KernelChanges | undefined): string[] {
  if (name === undefined) return [];
  if (base === undefined || changes === undefined) return [labelled('changes', `it is derived from ${name}, which is not built in, so what it changes is not told`)];
  if (changesNothing(changes)) return [labelled('changes', `nothing but the name: it does what ${name} does`)];
  const { config, ...lists } = changes;
  const words: Readonly<Record<keyof typeof lists, string>> = { fragments: 'fragment', states: 'state', steps: 'step', objects: 'object', registers: 'registers of', calls: 'system call', bugs: 'known bug' };
  const rows = Object.entries(lists).flatMap(([kind, { added, removed, changed }]) => {
    const word = words[kind as keyof typeof lists];
    return [...added.map((one) => `+ ${word} ${one}`), ...removed.map((one) => `- ${word} ${one}`), ...changed.map((one) => `~ ${word} ${one}`)];
  });
  return [labelled('changes', `against ${name} (+ added, - removed, ~ changed):`), ...rows.map((one) => `  ${one}`), ...config.map((one) => `  ~ build ${one}`)];
}
