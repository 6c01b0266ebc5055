// A mutant: a kernel with one small mistake that a good checker must notice, cut from a kernel that is thought to be right; and the
// scenario in which the mistake shows. An equivalent one changes something that does no harm, and must not be reported.

import { deriveKernel, type Kernel, type KernelDifference } from '../../kernel/define.ts';
import type { FragmentEdit } from '../../kernel/edit.ts';
import type { Scenario } from '../../scenario/types.ts';
import type { Step } from '../../memory/world.ts';

/** What becomes of a step: given the kernel's own one, which a new step has not. */
export type StepChange = (inner: Step<never>) => Step<never>;

export interface Mutant {
  /** As in the catalogue: M01; a letter behind it is another form of the same mistake. EQ… is equivalent. */
  readonly id: string;
  /** What is wrong, in a sentence without its subject: `takes the snapshot …`. */
  readonly does: string;
  /** The kernel function that it is in. */
  readonly where: string;
  readonly scenario: Scenario;
  /** Name of the kernel that it is cut from: the oldest that has what it changes, with its known bugs mended. v6.8-fixed where nothing is said. */
  readonly base?: string;
  /** It forgets a barrier, which is a step on weakly ordered memory only. */
  readonly memory?: 'weak';
  /** Properties each of which notices, also if it were the only one; none for an equivalent mutant. */
  readonly shownBy: readonly string[];
  readonly fragments?: Readonly<Record<string, FragmentEdit>>;
  readonly steps?: Readonly<Record<string, StepChange>>;
  /** What it needs to remember: objects and registers of its own. */
  readonly objects?: KernelDifference['objects'];
  readonly registers?: KernelDifference['registers'];
}

/** One of the catalogue that is not cut, and why. */
export interface NotCut { readonly id: string; readonly does: string; readonly because: string }

/** It does no harm, and must not be reported. */
export const isEquivalent = ({ shownBy }: Mutant): boolean => shownBy.length === 0;

/** Writes a change of a step with the registers that the step uses. */
export const changed = <R>(change: (inner: Step<R>) => Step<R>): StepChange => change as unknown as StepChange;

/** Cuts the mutant from a kernel. Throws, with near names, when the kernel has not what it changes. */
export function cutMutant(base: Kernel, { id, does, fragments = {}, steps = {}, objects = [], registers = [] }: Mutant): Kernel {
  return deriveKernel(base, {
    name: `${base.name}-${id}`, title: `${base.title}, but it ${does}`, fragments, objects, registers,
    steps: Object.fromEntries(Object.entries(steps).map(([name, change]) => [name, change(base.steps.get(name) as Step<never>)])),
  });
}
