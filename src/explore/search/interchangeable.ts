// What of a scenario is interchangeable. Actors: vCPUs and threads with the same programs (members.ts). Page frames: all, since no program
// names one, unless huge pages make neighbours of them. That the kernel treats them alike is then tried.

import { membersOf } from './members.ts';
import { Naming, Unrenamable } from './naming.ts';
import { PageTrial, triedOnPages } from './page-trial.ts';
import { Renamer } from './renaming.ts';
import { Symmetry } from './symmetry.ts';
import { triedOnActors } from './actor-trial.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { Plan } from '../../memory/plan.ts';
import type { Topology } from '../../scenario/topology.ts';

/** The symmetry of a scenario, if there is any, and what there is not. */
export interface Found {
  readonly symmetry?: Symmetry;
  /** Goes on trying that the kernel treats pages alike; nothing where pages keep their names. */
  readonly pageTrial?: PageTrial;
  readonly notes: readonly string[];
}

/** More page frames are not tried, and more ways to rename are not compared word by word. */
const PAGES = 8, WAYS = 1000;

/** Looks for interchangeable actors and pages. `exact`: for a search that compares all ways to rename. */
export function symmetryOf(kernel: Kernel, topology: Topology, plan: Plan, exact: boolean): Found {
  const found = membersOf(kernel, topology);
  const noActors = found.length === 0 ? 'no two are interchangeable' : unless(() => triedOnActors(kernel, topology, plan, new Symmetry(new Naming(plan, found, 0))));
  const members = noActors === undefined ? found : [];
  let pages = plan.sizes.pfn - 1;
  let pageTrial: PageTrial | undefined;
  const noPages = pages < 2 ? 'there are no two'
    : plan.sizes.hp > 0 || topology.hugeRegions.includes(true) ? 'those of a huge page are neighbours'
      : pages > PAGES ? `there are more than ${PAGES}`
        : exact && Renamer.waysOf({ members, pages }) > WAYS ? `to compare whole states, more than ${WAYS} ways to rename would have to be tried`
          : unless(() => {
            const tried = triedOnPages(kernel, topology, plan, new Symmetry(new Naming(plan, members, pages)));
            pageTrial = tried.trial;
            return tried.why;
          });
  if (noPages !== undefined) pages = 0;
  const notes = [...(noActors === undefined ? [] : [`no symmetry of actors: ${noActors}`]), ...(noPages === undefined ? [] : [`no symmetry of pages: ${noPages}`])];
  if (members.length === 0 && pages === 0) return { notes };
  const symmetry = new Symmetry(new Naming(plan, members, pages));
  return { symmetry, ...(noPages === undefined && pageTrial !== undefined ? { pageTrial } : {}), notes };
}

/** What a trial says, or why there can be none. */
function unless(trial: () => string | undefined): string | undefined {
  try {
    return trial();
  } catch (error) {
    if (!(error instanceof Unrenamable)) throw error;
    return error.message;
  }
}
