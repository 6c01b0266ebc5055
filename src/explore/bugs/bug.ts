// Known bugs of the kernels: which findings are one of them, and which kernels do not have it.

import { builtinKernel, kernels } from '../../../machines/kernels/index.ts';
import { fits } from '../../runtime/fits.ts';
import { builtinScenario } from '../../scenario/builtin/index.ts';
import { invariants } from '../../check/invariants/index.ts';
import type { Invariant } from '../../check/invariant.ts';
import type { Kernel, KnownBug, UnshownBug } from '../../kernel/define.ts';
import type { Finding } from '../finding.ts';

/** The names in a finding's key, apart from its property and, of a race, its layout: classes of locks, or steps. */
const namesIn = ({ kind, key }: Pick<Finding, 'kind' | 'key'>): string => key.split(' ').slice(kind === 'race' ? 2 : 1).toSorted().join();

/** Is the finding this bug, as far as the kernel's list says what it looks like? Of a race or a lock order the steps, or locks, decide where the list has them. */
export function isOf(bug: KnownBug, finding: Pick<Finding, 'kind' | 'id' | 'key'>): boolean {
  const names = finding.kind === 'race' ? bug.race : finding.kind === 'lock-order' ? bug.lockOrder : undefined;
  if (names !== undefined) return names.toSorted().join() === namesIn(finding);
  return bug.shownBy.includes(finding.id);
}

/** The invariants among what shows the bug: with these alone nothing else that the scenario breaks gets in its way. */
export const checksOf = ({ shownBy }: KnownBug): Invariant[] => invariants.filter(({ id }) => shownBy.includes(id));

/** The same kernel with its known bugs mended. */
const isTwin = ({ name }: Pick<Kernel, 'name'>): boolean => name.endsWith('-fixed');
/** Does the bug's scenario run there? A later design may not have what it is about. */
const runsOn = (kernel: Kernel, { scenario }: KnownBug): boolean => fits(builtinScenario(scenario)!, kernel);
const lacks = (kernel: Kernel, { id, sameAs }: KnownBug): boolean => kernel.bugs.every((bug) => bug.id !== id && bug.id !== sameAs);
/** A proposal that was derived from a kernel with its bugs mended says nothing of when they were. */
const fromTwin = ({ base }: Pick<Kernel, 'base'>): boolean => {
  const of = base === undefined ? undefined : builtinKernel(base);
  return of !== undefined && (isTwin(of) || fromTwin(of));
};

/** What an id means, in whatever case it is written: the first of these kernels that has it, as a bug that is shown or one that is not. */
export function bugNamed(what: string, among: readonly Kernel[] = kernels): { readonly kernel: Kernel; readonly bug?: KnownBug; readonly unshown?: UnshownBug } | undefined {
  const same = ({ id }: { readonly id: string }): boolean => id.toLowerCase() === what.toLowerCase();
  const shown = among.find(({ bugs }) => bugs.some(same));
  if (shown !== undefined) return { kernel: shown, bug: shown.bugs.find(same)! };
  const kernel = among.find(({ unshown }) => unshown.some(same));
  return kernel === undefined ? undefined : { kernel, unshown: kernel.unshown.find(same)! };
}

/** Kernels that have a bug, oldest first. */
export const kernelsWith = (id: string): Kernel[] => kernels.filter((kernel) => kernel.bugs.some((bug) => bug.id === id));

/** The kernel of the list that a person's own one was derived from. */
const listed = (kernel: Kernel): Kernel => (kernels.includes(kernel) ? kernel : kernels.find(({ name }) => name === kernel.base) ?? kernel);

/** The kernel that lost a bug: the one that its list names, or the one behind the last that has it, unless none is; then its twin. */
export function mendedIn(kernel: Kernel, bug: KnownBug): Kernel | undefined {
  const named = builtinKernel(bug.fixedIn);
  if (named !== undefined && !isTwin(named) && lacks(named, bug)) return named;
  const later = !kernels.includes(listed(kernel)) ? undefined
    : kernels.slice(1 + kernels.findLastIndex((one) => !lacks(one, bug))).find((one) => !isTwin(one) && !fromTwin(one) && runsOn(one, bug));
  return later ?? twinOf(kernel, bug) ?? (named !== undefined && lacks(named, bug) ? named : undefined);
}

/** Kernels on which the bug's scenario must not show it: the one that lost it, and the kernel's own twin. */
export function kernelsWithout(kernel: Kernel, bug: KnownBug): Kernel[] {
  return [...new Set([mendedIn(kernel, bug), twinOf(kernel, bug)])].filter((one) => one !== undefined);
}

function twinOf(kernel: Kernel, bug: KnownBug): Kernel | undefined {
  const twin = builtinKernel(`${listed(kernel).name}-fixed`);
  return twin !== undefined && lacks(twin, bug) ? twin : undefined;
}
