// What of a scenario is interchangeable. vCPUs: those of one VM, with the same program, thread and policy, and named by nobody else's program.
// Page frames: all, since no program names one, unless huge pages make neighbours of them. That the kernel treats them alike is then tried.

import { HARDWARE, INSTRUCTION, VMM } from '../../memory/code.ts';
import { Naming, Unrenamable, type Member } from './naming.ts';
import { PageTrial, triedOnPages } from './page-trial.ts';
import { Renamer } from './renaming.ts';
import { Symmetry } from './symmetry.ts';
import { triedOnVcpus } from './vcpu-trial.ts';
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

/** Looks for interchangeable vCPUs and pages. `exact`: for a search that compares all ways to rename. */
export function symmetryOf(kernel: Kernel, topology: Topology, plan: Plan, exact: boolean): Found {
  const found = membersOf(kernel, topology);
  const noVcpus = found.length === 0 ? 'no two vCPUs are interchangeable' : unless(() => triedOnVcpus(kernel, topology, plan, new Symmetry(new Naming(plan, found, 0))));
  const members = noVcpus === undefined ? found : [];
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
  const notes = [...(noVcpus === undefined ? [] : [`no symmetry of vCPUs: ${noVcpus}`]), ...(noPages === undefined ? [] : [`no symmetry of pages: ${noPages}`])];
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

/** vCPUs of groups of at least two. */
export function membersOf(kernel: Kernel, topology: Topology): Member[] {
  const { actors, vmOfVcpu } = topology;
  const own = vmOfVcpu.map((_vm, vcpu): Omit<Member, 'group'> => {
    const thread = actors.find((actor) => actor.machine === 'vcpu' && actor.vcpu === vcpu)?.thread ?? -1;
    return { vcpu, thread, actors: actors.flatMap((actor, i) => (actor.vcpu === vcpu || (thread >= 0 && actor.thread === thread) ? [i + 1] : [])) };
  });
  const named = namedVcpus(kernel, topology, own);
  const groups: Omit<Member, 'group'>[][] = [];
  for (const one of own) {
    if (named.has(one.vcpu) || one.thread < 0) continue;
    const group = groups.find(([first]) => alike(topology, first!, one));
    if (group === undefined) groups.push([one]);
    else group.push(one);
  }
  return groups.filter((group) => group.length > 1).flatMap((group, number) => group.map((one) => ({ ...one, group: number })));
}

type Own = Omit<Member, 'group'>;

/** Instructions of an actor's program. */
function* instructions(code: readonly number[]): Iterable<readonly number[]> {
  for (let at = 0; at < code.length; at += INSTRUCTION) yield code.slice(at, at + INSTRUCTION);
}

/** vCPUs that some program names, but for a thread that runs its own. */
function namedVcpus(kernel: Kernel, { actors, vmOfVcpu }: Topology, own: readonly Own[]): Set<number> {
  const named = new Set<number>();
  const nameThread = (thread: number): void => { for (const one of own) if (one.thread === thread) named.add(one.vcpu); };
  actors.forEach(({ machine, code, thread }) => {
    for (const words of instructions(code)) {
      if (machine.startsWith('vmm')) {
        if (words[0] === VMM.RUN && own.find(({ vcpu }) => vcpu === words[2])?.thread !== thread) named.add(words[2]!);
        // Which of its arguments names a vCPU does not matter much: such calls are few.
        if (words[0] === VMM.CALL && kernel.calls[words[1]!]?.arguments.some(({ type }) => type === 'vcpu') === true) vmOfVcpu.forEach((_vm, vcpu) => named.add(vcpu));
      } else if (machine.startsWith('injector')) {
        if (words[0] === HARDWARE.INTERRUPT) named.add(words[1]!);
        if (words[0] === HARDWARE.SIGNAL) nameThread(words[1]!);
        if (words[0] === HARDWARE.MEMORY_ERROR) nameThread(words[7]! - 1);
      }
    }
  });
  return named;
}

/** Do two vCPUs have the same VM, actors and programs? */
function alike({ actors, vmOfVcpu }: Topology, one: Own, other: Own): boolean {
  if (vmOfVcpu[one.vcpu] !== vmOfVcpu[other.vcpu] || one.actors.length !== other.actors.length) return false;
  const actor = (n: number): number => (one.actors.includes(n) ? other.actors[one.actors.indexOf(n)]! : n);
  return one.actors.every((n, k) => {
    const a = actors[n - 1]!;
    const b = actors[other.actors[k]! - 1]!;
    if (a.machine !== b.machine || a.vm !== b.vm || a.ownFile !== 0 || b.ownFile !== 0 || actor(a.caller) !== b.caller || a.code.length !== b.code.length) return false;
    const theirs = [...instructions(b.code)];
    return [...instructions(a.code)].every((words, i) => words.every((word, w) => {
      const isVmm = a.machine.startsWith('vmm');
      const isActor = isVmm && ((words[0] === VMM.CALL && w === 3) || (words[0] === VMM.RUN && (w === 1 || (w >= 4 && w <= 6))));
      if (isVmm && words[0] === VMM.RUN && w === 2) return word === one.vcpu && theirs[i]![w] === other.vcpu;
      return (isActor ? actor(word) : word) === theirs[i]![w];
    }));
  });
}
