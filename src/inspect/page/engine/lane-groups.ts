// Lanes in groups: those of each VM, that is its vCPUs with their interrupts and the threads that run them, and those of the host. A group has a row of its own
// above its lanes, by which it is shut: then that row shows all of its steps.

import type { ActorSpec, Topology } from '../../../scenario/topology.ts';

/** Actors of one VM, or of nobody's. */
export interface LaneGroup { readonly name: string; readonly actors: readonly number[] }

/** Lanes from which on groups have rows of their own, also where there is one VM. */
const MANY = 9;

/** The groups of these actors, in the order of VMs; none where there are few lanes and one VM. */
export function groupsOf({ actors, names }: Topology, lanes: readonly number[]): LaneGroup[] {
  const vmOf = new Map<number, number>();
  actors.forEach((actor, i) => {
    if (isOfGuest(actor)) vmOf.set(i + 1, actor.vm);
    // The thread that runs a vCPU.
    if (actor.machine === 'vcpu' && actor.caller !== 0) vmOf.set(actor.caller, actor.vm);
  });
  const of = (number: number): number | undefined => vmOf.get(number) ?? vmOf.get(actors[number - 1]?.caller ?? 0);
  const vms = [...new Set(lanes.flatMap((number) => of(number) ?? []))].toSorted((a, b) => a - b);
  if (vms.length < 2 && lanes.length < MANY) return [];
  const groups = [...vms.map((vm): LaneGroup => ({ name: names.vms[vm] ?? `vm${vm}`, actors: lanes.filter((number) => of(number) === vm) })),
    { name: 'host', actors: lanes.filter((number) => of(number) === undefined) }];
  return groups.filter((group) => group.actors.length > 0);
}

const isOfGuest = ({ machine }: ActorSpec): boolean => machine === 'vcpu' || machine === 'hardware' || machine === 'vm';

/** The row of a group among lanes: a number below 0. */
export const rowOfGroup = (group: number): number => -1 - group;
/** The number of the group of such a row. */
export const groupOfRow = (row: number): number => -1 - row;

/** Rows in their order: each group's own, and its lanes unless it is shut; without groups, the lanes. */
export function rowsOf(groups: readonly LaneGroup[], lanes: readonly number[], shut: ReadonlySet<string>): number[] {
  return groups.length === 0 ? [...lanes] : groups.flatMap(({ name, actors }, k) => [rowOfGroup(k), ...(shut.has(name) ? [] : actors)]);
}

/** The steps of all lanes of a group, ascending. */
export function mergedSteps(lists: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(lists.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all.sort();
}
