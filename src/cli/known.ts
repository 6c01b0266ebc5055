// Whether a known bug of the kernel explains what a run has broken.

import { kernels } from '../../machines/kernels/index.ts';
import type { Finding } from '../explore/finding.ts';
import type { Kernel, KnownBug } from '../kernel/define.ts';
import { labelled } from './output.ts';

/** What a deadlock is called where bugs say what shows them. */
export const DEADLOCK_ID = 'L-04';

/** The same of a finding: of lock orders and data races, which have no property of their own, the bug that has this one. */
export function knownFindingLines(kernel: Kernel, scenario: string, { kind, id, key }: Pick<Finding, 'kind' | 'id' | 'key'>): string[] {
  if (kind !== 'lock-order' && kind !== 'race') return knownLines(kernel, scenario, id);
  // The key of a race begins with the layout; that of a circle may begin with any of its classes.
  const names = (kind === 'race' ? key.split(' ').slice(2) : key.split(' ').slice(1)).toSorted().join();
  return kernel.bugs.filter((bug) => (kind === 'race' ? bug.race : bug.lockOrder)?.toSorted().join() === names).map((bug) => bugLine(kernel, bug, 'known:'));
}

/** One line for each bug of the kernel that shows as `id`: surely one of those known in this scenario, else perhaps one of the others. */
export function knownLines(kernel: Kernel, scenario: string, id: string): string[] {
  const showing = kernel.bugs.filter(({ shownBy }) => shownBy.includes(id));
  const here = showing.filter((bug) => bug.scenario === scenario || bug.alsoIn?.includes(scenario));
  return (here.length > 0 ? here : showing).map((bug) => bugLine(kernel, bug, here.length > 0 ? 'known:' : 'may be'));
}

function bugLine(kernel: Kernel, bug: KnownBug, what: string): string {
  const having = kernels.includes(kernel) ? kernel : kernels.find(({ bugs }) => bugs.some((one) => one.id === bug.id)) ?? kernel;
  return labelled('', `${what} ${bug.id} of ${having.name}, mended in ${bug.fixedIn}`);
}
