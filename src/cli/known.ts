// Whether a known bug of the kernel explains what a run has broken.

import { kernels } from '../../machines/kernels/index.ts';
import type { Kernel } from '../kernel/define.ts';
import { labelled } from './output.ts';

/** What a deadlock is called where bugs say what shows them. */
export const DEADLOCK_ID = 'L-04';

/** One line for each bug of the kernel that shows as `id`: surely one of those known in this scenario, else perhaps one of the others. */
export function knownLines(kernel: Kernel, scenario: string, id: string): string[] {
  const showing = kernel.bugs.filter(({ shownBy }) => shownBy.includes(id));
  const here = showing.filter((bug) => bug.scenario === scenario || bug.alsoIn?.includes(scenario));
  return (here.length > 0 ? here : showing).map((bug) => {
    const having = kernels.includes(kernel) ? kernel : kernels.find(({ bugs }) => bugs.some((one) => one.id === bug.id)) ?? kernel;
    return labelled('', `${here.length > 0 ? 'known:' : 'may be'} ${bug.id} of ${having.name}, mended in ${bug.fixedIn}`);
  });
}
