// Which vCPUs of a scenario are interchangeable: of one VM, with the same program, thread and policy, and named by nobody else's program.
// That the kernel treats them alike is then tried: on random walks each step must do to the renamed state the renamed thing.

import { HARDWARE, INSTRUCTION, VMM } from '../../memory/code.ts';
import { isBlocked } from '../../memory/outcome.ts';
import { Random } from '../../runtime/random.ts';
import { runSetup } from '../../runtime/setup.ts';
import { privateWords, RunWorld } from '../../runtime/world.ts';
import { Symmetry, Unrenamable, type Member } from './symmetry.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { Plan } from '../../memory/plan.ts';
import type { Topology } from '../../scenario/topology.ts';

/** The symmetry of a scenario, or why there is none. */
export type Found = { readonly symmetry: Symmetry; readonly why?: undefined } | { readonly symmetry?: undefined; readonly why: string };

/** Steps and walks by which the kernel is tried. */
const STEPS = 400, WALKS = 4;

/** Looks for interchangeable vCPUs. */
export function symmetryOf(kernel: Kernel, topology: Topology, plan: Plan): Found {
  const members = membersOf(kernel, topology);
  if (members.length === 0) return { why: 'no two vCPUs are interchangeable' };
  try {
    const symmetry = new Symmetry(plan, members);
    const why = triedOn(kernel, topology, plan, symmetry);
    return why === undefined ? { symmetry } : { why };
  } catch (error) {
    if (!(error instanceof Unrenamable)) throw error;
    return { why: error.message };
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

/** Tries the kernel: what it treats otherwise after renaming, in a sentence; nothing when all is well. */
function triedOn(kernel: Kernel, topology: Topology, plan: Plan, symmetry: Symmetry): string | undefined {
  const made = (): RunWorld => {
    const world = new RunWorld(kernel, topology, plan, privateWords(plan));
    runSetup(world);
    return world;
  };
  const world = made();
  const mirror = made();
  const { stateWords } = plan;
  const start = world.words.slice(0, stateWords);
  // Neighbours changing places make all renamings.
  const swaps = symmetry.members.flatMap((member, m) => {
    if (symmetry.members[m + 1]?.group !== member.group) return [];
    const to = symmetry.members.map((_one, k) => k);
    to[m] = m + 1;
    to[m + 1] = m;
    return [to];
  });
  const equal = (row: Int32Array): boolean => row.every((word, cell) => mirror.words[cell] === word);
  const renamedActor = (to: readonly number[], actor: number): number => {
    const m = symmetry.members.findIndex(({ actors }) => actors.includes(actor));
    return m < 0 ? actor : symmetry.members[to[m]!]!.actors[symmetry.members[m]!.actors.indexOf(actor)]!;
  };
  for (const to of swaps) {
    mirror.words.set(symmetry.renamed(start, to));
    if (!equal(start)) return 'the set-up leaves vCPUs in different states';
  }
  for (let walk = 0; walk < WALKS; walk++) {
    const random = new Random(walk + 1);
    world.words.set(start);
    for (let steps = 0, tries = 0; steps < STEPS && tries < STEPS * 10; tries++) {
      const actor = 1 + random.below(topology.actors.length);
      if (world.ended(actor)) continue;
      const before = world.words.slice(0, stateWords);
      const blocked = isBlocked(world.step(actor, (n) => random.below(n)));
      const { leaf } = world.last;
      const choices = Math.max(1, world.last.choices);
      if (!blocked) steps++;
      for (const to of swaps) {
        const renamed = symmetry.renamed(before, to);
        const wanted = symmetry.renamed(world.words.slice(0, stateWords), to);
        let same = false;
        for (let choice = 0; choice < choices && !same; choice++) {
          mirror.words.set(renamed);
          same = isBlocked(mirror.step(renamedActor(to, actor), () => choice)) === blocked && equal(wanted);
        }
        if (!same) return `step '${kernel.table.leaves[leaf]!.step}' does not treat vCPUs alike`;
      }
    }
  }
  return undefined;
}
