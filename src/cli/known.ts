// Whether a known bug of the kernel explains what a run has broken.

import { builtinKernel, kernels } from '../../machines/kernels/index.ts';
import { mendedIn } from '../explore/bugs/bug.ts';
import type { Finding } from '../explore/finding.ts';
import type { Kernel, KnownBug } from '../kernel/define.ts';
import { labelled } from './output.ts';

/** What a deadlock is called where bugs say what shows them. */
export const DEADLOCK_ID = 'L-04';

/** Where a bug was mended, in words; `kernel` is the name that `mendedIn` has found. */
export const mendedText = (kernel: string | undefined): string => (kernel === undefined ? 'mended nowhere' : `mended ${kernel.endsWith('-fixed') ? 'only ' : ''}in ${kernel}`);

/** The same of a finding: of lock orders and data races, which have no property of their own, the bug that has this one. */
export function knownFindingLines(kernel: Kernel, scenario: string, { kind, id, key }: Pick<Finding, 'kind' | 'id' | 'key'>): string[] {
  if (kind !== 'lock-order' && kind !== 'race') return knownLines(kernel, scenario, id);
  // The key of a race begins with the layout; that of a circle may begin with any of its classes.
  const names = (kind === 'race' ? key.split(' ').slice(2) : key.split(' ').slice(1)).toSorted().join();
  return kernel.bugs.filter((bug) => (kind === 'race' ? bug.race : bug.lockOrder)?.toSorted().join() === names).map((bug) => bugLine(kernel, bug, 'known:'));
}

/**
 * One line for each bug that shows as `id`: surely one of those that the kernel is known to have in this scenario, else one that it says it has
 * mended, else perhaps one of its others.
 */
export function knownLines(kernel: Kernel, scenario: string, id: string): string[] {
  const isHere = (bug: KnownBug): boolean => bug.scenario === scenario || bug.alsoIn?.includes(scenario) === true;
  const showing = kernel.bugs.filter(({ shownBy }) => shownBy.includes(id));
  const here = showing.filter(isHere);
  if (here.length > 0) return here.map((bug) => bugLine(kernel, bug, 'known:'));
  const base = kernel.base === undefined ? undefined : builtinKernel(kernel.base);
  const claimed = base?.bugs.filter((bug) => bug.shownBy.includes(id) && isHere(bug) && kernel.bugs.every((own) => own.id !== bug.id)) ?? [];
  if (claimed.length > 0) return claimed.map((bug) => labelled('', `as ${bug.id} of ${base!.name}, which ${kernel.name} says is mended`));
  return showing.map((bug) => bugLine(kernel, bug, 'may be'));
}

function bugLine(kernel: Kernel, bug: KnownBug, what: string): string {
  const having = kernels.includes(kernel) ? kernel : kernels.find(({ bugs }) => bugs.some((one) => one.id === bug.id)) ?? kernel;
  return labelled('', `${what} ${bug.id} of ${having.name}, ${mendedText(mendedIn(having, bug)?.name)}`);
}
