// What of a scenario is interchangeable. Actors: vCPUs and threads with the same programs (members.ts). Page frames: all, since no program
// names one, unless huge pages make neighbours of them. That the kernel treats them alike is then tried.

import { membersOf } from './members.ts';
import { Naming, Unrenamable } from './naming.ts';
import { triedOnPages, type PageTrial } from './page-trial.ts';
import { Renamer } from './renaming.ts';
import { Symmetry } from './symmetry.ts';
import { triedOnActors } from './actor-trial.ts';
import type { TrialWorld } from './trial-world.ts';

/** The symmetry of a scenario, if there is any, and what there is not. */
export interface Found {
  readonly symmetry?: Symmetry;
  /** Goes on trying that the kernel treats pages alike; nothing where pages keep their names. */
  readonly pageTrial?: PageTrial;
  readonly notes: readonly string[];
}

/** More page frames are not tried, and more ways to rename are not compared word by word. */
const PAGES = 8, WAYS = 1000;

/** Looks for interchangeable actors and pages in a world at its start, and leaves any state behind. `exact`: for a search that compares all
 *  ways to rename. */
export function symmetryOf(ground: TrialWorld, exact: boolean): Found {
  const { kernel, topology, plan } = ground.world;
  const start = ground.row();
  const found = membersOf(kernel, topology);
  const groups = [...new Set(found.map(({ group }) => group))].map((group) => found.filter((one) => one.group === group));
  // One group that the kernel tells apart does not keep the others from being folded.
  const tried = groups.map((group) => ({ group, why: unless(() => triedOnActors(ground, start, new Symmetry(new Naming(plan, group, 0)))) }));
  const members = tried.flatMap(({ group, why }) => (why === undefined ? group : []));
  const notes = tried.flatMap(({ group: [first], why }) => {
    const name = topology.actors[first!.actors[0]! - 1]!.name;
    return why === undefined ? [] : [members.length === 0 ? `no symmetry of actors: ${why} (${name} and those like it)` : `no symmetry of ${name} and those like it: ${why}`];
  });
  if (groups.length === 0) notes.push('no symmetry of actors: no two are interchangeable');
  const pages = plan.sizes.pfn - 1;
  let pageTrial: PageTrial | undefined;
  const noPages = pages < 2 ? 'there are no two'
    : plan.sizes.hp > 0 || topology.hugeRegions.includes(true) ? 'those of a huge page are neighbours'
      : pages > PAGES ? `there are more than ${PAGES}`
        : exact && Renamer.waysOf({ members, pages }) > WAYS ? `to compare whole states, more than ${WAYS} ways to rename would have to be tried`
          : unless(() => {
            const { why, trial } = triedOnPages(ground, start, new Symmetry(new Naming(plan, members, pages)));
            pageTrial = trial;
            return why;
          });
  if (noPages !== undefined) notes.push(`no symmetry of pages: ${noPages}`);
  if (pageTrial !== undefined) return { symmetry: pageTrial.symmetry, pageTrial, notes };
  return members.length === 0 ? { notes } : { symmetry: new Symmetry(new Naming(plan, members, 0)), notes };
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
