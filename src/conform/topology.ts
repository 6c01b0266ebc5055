// The world that recorded cases are executed in: one process whose threads do what they are told, VMs and vCPUs that are not there yet.

import { COMMAND_ROOM, INSTRUCTION, POLICY, VMM } from '../memory/code.ts';
import { messageWords } from '../memory/calls.ts';
import type { Config } from '../memory/world.ts';
import type { Kernel } from '../kernel/define.ts';
import type { ActorSpec, PageRange, Topology } from '../scenario/topology.ts';
import type { VmHandle } from './names.ts';
import { toBigInt, wordsOf, type Numeric } from './values.ts';
import { countPages, firstPageOf, merged, type Needs, type Range } from './needs.ts';

/** Names of the threads that steps are given to: the process's own, and a second one for steps at the same time. */
export const MAIN = 'main';
export const SECOND = 'second';
/** The program that makes memory fail. */
export const HARDWARE = 'hardware';
/** What a thread of a vCPU does: instruction 0 enters the guest at its first instruction; then it enters it where it was, once for each
 *  answer that a hypercall gets, the first of them 0. An END stands behind each. */
export const ENTER_ANEW = 0;
/** The instruction that enters again, with this answer to a hypercall. */
export const enterAgain = ({ answers }: Needs, answer: Numeric = 0): number => 2 + 2 * Math.max(0, answers.findIndex((one) => toBigInt(one) === toBigInt(answer)));
/** Words of the longest message that is not a call. */
const PAYLOAD = 8;
/** Copies of a memslot at a time. */
const COPIES = 3;

const ROOM: readonly number[] = Array.from<number>({ length: (COMMAND_ROOM + 1) * INSTRUCTION }).fill(0);
const NOBODY = { vm: 0, vcpu: -1, thread: -1, ownFile: 0, caller: 0, code: [] } as const;

/** Number of a VM: those of the default type come first. */
export const vmNumber = ({ vms }: Needs, { type, number }: VmHandle): number => (type === 0 ? number : vms[0] + number);
/** Number of the vCPU that is number `number` of its VM. */
export const vcpuNumber = (needs: Needs, vm: VmHandle, number: number): number => vmNumber(needs, vm) * needs.vcpus + number;

/** Makes the topology. `config` is what the machine of the recording has otherwise than the kernel. */
export function topologyFor(needs: Needs, kernel: Kernel, config: Partial<Config>): Topology {
  const one = (count: number): number => Math.max(1, count);
  const vms = one(needs.vms[0] + needs.vms[1]);
  const vcpus = needs.vcpus * vms;
  const threads = vcpus + 2;
  const { gfns, indexes, hvas, regionOfHva } = pageSpaces(needs);
  const files = needs.files + 1;
  // Two address spaces have two tables of slots.
  const smm = { ...kernel.config, ...config }.smm === true;
  const actors = actorsOf(needs, vms, files, kernel);
  const cuts = cutsOf(needs);
  const frames = needs.frames + threads + vms * 8 + 16;
  return {
    placement: {},
    sizes: {
      vm: vms, vcpu: one(vcpus), gfn: one(countPages(gfns)), hp: 0, slot: one(needs.slots) * COPIES + 1, slotId: one(needs.slotIds) * (smm ? 2 : 1), set: 2,
      file: files, inode: files, index: one(countPages(indexes)), pfn: frames + 1, segment: cuts.length, hva: one(countPages(hvas)),
      region: one(needs.regions.length), actor: actors.length + 1, fd: needs.fds + 1, root: 2, thread: threads, event: 1,
      payload: Math.max(PAYLOAD, ...kernel.calls.map(messageWords)), one: 1,
    },
    actors, setup: [], setupPlaces: [],
    gfns: asText(gfns), indexes: asText(indexes), hvas: asText(hvas),
    vmOfVcpu: Array.from({ length: vcpus }, (_one, vcpu) => Math.floor(vcpu / needs.vcpus)),
    vmTypes: numbers(vms).map((vm) => (vm < needs.vms[0] ? 'default' : 'sw-protected')),
    bornLater: { vms: numbers(vms), vcpus: numbers(vcpus) },
    regionOfHva, mappedRegions: Array.from({ length: one(needs.regions.length) }, () => false), hugeRegions: Array.from({ length: one(needs.regions.length) }, () => false),
    names: {
      vms: numbers(vms).map((vm) => `v${vm}`), vcpus: numbers(vcpus).map((vcpu) => `vcpu${vcpu}`), threads: [...numbers(vcpus).map((vcpu) => `cpu${vcpu}`), MAIN, SECOND],
      fds: numbers(needs.fds).map((fd) => `fd${fd}`), events: [], regions: numbers(needs.regions.length).map((region) => `map${region}`),
    },
    config,
  };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_one, i) => i);
const asText = (ranges: readonly Range[]): PageRange[] => ranges.map(({ start, end }) => ({ start: start.toString(), end: end.toString() }));

/** Offsets at which segments of a page begin, ascending. */
export const cutsOf = ({ cuts }: Needs): number[] => [...new Set([0, ...cuts])].toSorted((a, b) => a - b);

function pageSpaces(needs: Needs): { gfns: Range[]; indexes: Range[]; hvas: Range[]; regionOfHva: number[] } {
  const regions = needs.regions.map((pages, region) => ({ start: BigInt(firstPageOf(region)), end: BigInt(firstPageOf(region) + Math.max(1, pages)) }));
  const hvas = merged([...needs.hvas, ...regions]);
  const regionOfHva: number[] = [];
  for (const { start, end } of hvas) {
    for (let page = start; page < end; page++) regionOfHva.push(regionAt(regions, page));
  }
  return { gfns: merged(needs.gfns), indexes: merged(needs.indexes), hvas, regionOfHva };
}

const FIRST = BigInt(firstPageOf(0));
const STEP = BigInt(firstPageOf(1) - firstPageOf(0));

function regionAt(regions: readonly Range[], page: bigint): number {
  if (page < FIRST) return -1;
  const region = Number((page - FIRST) / STEP);
  const range = regions[region];
  return range !== undefined && page < range.end ? region : -1;
}

/** The actors, those of vCPUs first, as scenarios have them. */
function actorsOf(needs: Needs, vms: number, files: number, kernel: Kernel): ActorSpec[] {
  const has = new Set(kernel.machines.map(({ machine }) => machine));
  const actors: ActorSpec[] = [];
  const add = (spec: ActorSpec): number => (has.has(spec.machine) ? actors.push(spec) : 0);
  const vcpus = vms * needs.vcpus;
  // Three actors a vCPU, so that numbers are known before.
  for (let vcpu = 0; vcpu < vcpus; vcpu++) {
    const vm = Math.floor(vcpu / needs.vcpus);
    const self = actors.length + 1;
    const enter = (anew: 0 | 1, answer: Numeric): number[] => [...instruction([VMM.RUN, self, vcpu, POLICY.RETURN, 0, 0, 0, anew, 0, ...wordsOf(answer)]), ...instruction([VMM.END])];
    add({ ...NOBODY, name: `vcpu${vcpu}`, machine: 'vcpu', vm, vcpu, thread: vcpu, caller: self + 2, code: ROOM });
    add({ ...NOBODY, name: `irq${vcpu}`, machine: 'hardware', vm, vcpu });
    add({ ...NOBODY, name: `cpu${vcpu}`, machine: 'vmm-commanded', vm, thread: vcpu, code: [...enter(1, 0), ...needs.answers.flatMap((answer) => enter(0, answer))] });
  }
  [MAIN, SECOND].forEach((name, i) => {
    const thread = vcpus + i;
    const caller = add({ ...NOBODY, name, machine: 'vmm-commanded', thread, code: ROOM });
    for (const target of ['vm', 'gmem', 'host']) add({ ...NOBODY, name: `${name}.${target}`, machine: `${target}-op`, thread, caller });
    for (let vcpu = 0; vcpu < vcpus; vcpu++) add({ ...NOBODY, name: `${name}.vcpu${vcpu}`, machine: 'vcpu-op', vm: Math.floor(vcpu / needs.vcpus), vcpu, thread, caller });
  });
  for (let vm = 0; vm < vms; vm++) add({ ...NOBODY, name: `vm${vm}`, machine: 'vm', vm });
  for (let file = 1; file < files; file++) add({ ...NOBODY, name: `gmem:${file}`, machine: 'gmem', ownFile: file });
  const injector = add({ ...NOBODY, name: HARDWARE, machine: 'injector-commanded', code: ROOM });
  if (injector !== 0) add({ ...NOBODY, name: `${HARDWARE}.mf`, machine: 'memory-failure', caller: injector });
  return actors;
}

/** The words of an instruction. */
export const instruction = (words: readonly number[]): number[] => [...words, ...Array.from<number>({ length: INSTRUCTION - words.length }).fill(0)];
