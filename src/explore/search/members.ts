// Which actors of a scenario are interchangeable: vCPUs of one VM with the same program, thread and policy, threads with the same program, and
// others with nothing of their own; none that somebody else's program names.

import { HARDWARE, INSTRUCTION, VMM } from '../../memory/code.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { ActorSpec, Topology } from '../../scenario/topology.ts';
import type { Member } from './naming.ts';

/** What is interchangeable, in groups of at least two. */
export function membersOf(kernel: Kernel, topology: Topology): Member[] {
  const candidates = candidatesOf(topology);
  const named = namedOnes(kernel, topology, candidates);
  const groups: Candidate[][] = [];
  for (const one of candidates) {
    if (named.has(one)) continue;
    const group = groups.find(([first]) => alike(topology, first!, one));
    if (group === undefined) groups.push([one]);
    else group.push(one);
  }
  return groups.filter((group) => group.length > 1).flatMap((group, number) => group.map((one) => ({ ...one, group: number })));
}

type Candidate = Omit<Member, 'group'>;

/** vCPUs with the threads that run them, threads without one, and actors of nobody. */
function candidatesOf({ actors, vmOfVcpu }: Topology): Candidate[] {
  const those = (ours: (actor: ActorSpec) => boolean): number[] => actors.flatMap((actor, i) => (ours(actor) ? [i + 1] : []));
  const vcpus = vmOfVcpu.flatMap((_vm, vcpu): Candidate[] => {
    const thread = actors.find((actor) => actor.machine === 'vcpu' && actor.vcpu === vcpu)?.thread ?? -1;
    return thread < 0 ? [] : [{ vcpu, thread, actors: those((actor) => actor.vcpu === vcpu || actor.thread === thread) }];
  });
  const threads = [...new Set(actors.map(({ thread }) => thread))].filter((thread) => thread >= 0 && !vcpus.some((one) => one.thread === thread))
    .map((thread): Candidate => ({ vcpu: -1, thread, actors: those((actor) => actor.thread === thread) }));
  const called = new Set(actors.flatMap(({ machine, code }) => [...instructions(code)].flatMap((words) => [...actorWords(machine, words)].map((w) => words[w]!))));
  const single = those(({ vcpu, thread, caller, ownFile }) => vcpu < 0 && thread < 0 && caller === 0 && ownFile === 0);
  return [...vcpus, ...threads, ...single.filter((n) => !called.has(n)).map((n): Candidate => ({ vcpu: -1, thread: -1, actors: [n] }))];
}

/** Instructions of an actor's program. */
function* instructions(code: readonly number[]): Iterable<readonly number[]> {
  for (let at = 0; at < code.length; at += INSTRUCTION) yield code.slice(at, at + INSTRUCTION);
}

const isVmm = (machine: string): boolean => machine.startsWith('vmm');
const isInjector = (machine: string): boolean => machine.startsWith('injector');

/** Which words of an instruction are actors. */
function actorWords(machine: string, [operation]: readonly number[]): readonly number[] {
  if (isVmm(machine)) return operation === VMM.CALL ? [3] : operation === VMM.RUN ? [1, 4, 5, 6] : [];
  return isInjector(machine) && operation === HARDWARE.MEMORY_ERROR ? [1] : [];
}

/** Those that some program names, but for a vCPU's thread that runs it. */
function namedOnes(kernel: Kernel, { actors }: Topology, candidates: readonly Candidate[]): Set<Candidate> {
  const named = new Set<Candidate>();
  const nameThose = (ours: (one: Candidate) => boolean): void => { for (const one of candidates) if (ours(one)) named.add(one); };
  actors.forEach(({ machine, code, thread }) => {
    for (const words of instructions(code)) {
      if (isVmm(machine)) {
        if (words[0] === VMM.RUN) nameThose((one) => one.vcpu === words[2] && one.thread !== thread);
        // Which of its arguments names a vCPU does not matter much: such calls are few.
        if (words[0] === VMM.CALL && kernel.calls[words[1]!]?.arguments.some(({ type }) => type === 'vcpu') === true) nameThose(({ vcpu }) => vcpu >= 0);
      } else if (isInjector(machine)) {
        if (words[0] === HARDWARE.INTERRUPT) nameThose(({ vcpu }) => vcpu === words[1]);
        if (words[0] === HARDWARE.SIGNAL) nameThose((one) => one.thread === words[1]);
        if (words[0] === HARDWARE.MEMORY_ERROR) nameThose((one) => one.thread >= 0 && one.thread === words[7]! - 1);
      }
    }
  });
  return named;
}

/** Have two of them the same VM, actors and programs? */
function alike({ actors, vmOfVcpu }: Topology, one: Candidate, other: Candidate): boolean {
  if (vmOfVcpu[one.vcpu] !== vmOfVcpu[other.vcpu] || (one.thread < 0) !== (other.thread < 0) || one.actors.length !== other.actors.length) return false;
  const actor = (n: number): number => (one.actors.includes(n) ? other.actors[one.actors.indexOf(n)]! : n);
  return one.actors.every((n, k) => {
    const a = actors[n - 1]!;
    const b = actors[other.actors[k]! - 1]!;
    if (a.machine !== b.machine || a.vm !== b.vm || a.ownFile !== 0 || b.ownFile !== 0 || actor(a.caller) !== b.caller || a.code.length !== b.code.length) return false;
    const theirs = [...instructions(b.code)];
    return [...instructions(a.code)].every((words, i) => words.every((word, w) => {
      if (isVmm(a.machine) && words[0] === VMM.RUN && w === 2) return word === one.vcpu && theirs[i]![w] === other.vcpu;
      return (actorWords(a.machine, words).includes(w) ? actor(word) : word) === theirs[i]![w];
    }));
  });
}
