// The field's words for what a violation names: pages by their real numbers, actors and descriptors by name.

import type { CheckedWorld } from '../checked-world.ts';

const LARGE = 0xffff_ffffn;
const page = (number: bigint): string => (number <= LARGE ? String(number) : `0x${number.toString(16)}`);

/** Names that the scenario gives: VMs, vCPUs, actors, threads. */
export const vmName = ({ topology }: CheckedWorld, vm: number): string => topology.names.vms[vm] ?? `vm${vm}`;
export const vcpuName = ({ topology }: CheckedWorld, vcpu: number): string => topology.names.vcpus[vcpu] ?? `vcpu${vcpu}`;
export const actorName = ({ topology }: CheckedWorld, actor: number): string => (actor === 0 ? 'nobody' : topology.actors[actor - 1]?.name ?? `actor ${actor}`);
export const threadName = ({ topology }: CheckedWorld, thread: number): string => topology.names.threads[thread] ?? `thread ${thread}`;

/** A gfn; with its VM where there are several. */
export const gfnName = (world: CheckedWorld, vm: number, gfn: number): string =>
  `gfn ${page(world.facts.gfns.real(gfn))}${world.facts.sizes.vm > 1 ? ` of ${vmName(world, vm)}` : ''}`;
export const indexName = ({ facts }: CheckedWorld, inode: number, index: number): string => `index ${page(facts.indexes.real(index))} of inode ${inode}`;
export const hvaName = ({ facts }: CheckedWorld, hva: number): string => `host page 0x${facts.hvas.real(hva).toString(16)}`;

/** A leaf SPTE. Which of the two root page tables only matters where it is not the valid one. */
export const spteName = (world: CheckedWorld, vm: number, root: number, gfn: number): string =>
  `the SPTE of ${gfnName(world, vm, gfn)}${world.objects.mmu_root(vm).valid === root ? '' : ' in the obsolete root'}`;
export const tlbName = (world: CheckedWorld, vcpu: number, gfn: number): string =>
  `the TLB entry of ${vcpuName(world, vcpu)} for ${gfnName(world, world.facts.vmOfVcpu[vcpu]!, gfn)}`;

/** A gmem file, by a descriptor that names it if there is one. */
export function fileName({ topology, objects, facts }: CheckedWorld, file: number): string {
  for (let fd = 0; fd < facts.sizes.fd; fd++) if (objects.fd(fd).file === file) return `file ${file} ('${topology.names.fds[fd] ?? fd}')`;
  return `file ${file}`;
}

/** Content of a page: zero | host:n | vm:k:n | poison. */
export const contentName = (world: CheckedWorld, tag: number, writer: number, value: number): string =>
  tag === 0 ? 'zero' : tag === 1 ? `host:${value}` : tag === 2 ? `${vmName(world, writer)}:${value}` : tag === 3 ? 'poison' : 'unspecified';
