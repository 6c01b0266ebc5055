// The worlds of the protocol: so many vCPUs, so many invalidators. Not made from a scenario, whose language is about KVM's operations;
// a topology is all that a world needs.

import type { ActorSpec, Topology } from '../../src/scenario/topology.ts';

/** Page frames that the file's page can be: two. pfn 0 is none. */
const PFNS = 3;
/** One VM; nothing else of a scenario. */
const NONE = { vm: 1, hp: 0, slot: 0, slotId: 0, set: 0, file: 0, inode: 0, gfn: 0, index: 0, hva: 0, segment: 0, region: 0, fd: 0, root: 0, event: 0, payload: 0 };
const NOBODY = { vm: 0, vcpu: -1, thread: -1, caller: 0, ownFile: 0, code: [] };

/** N vCPUs, each run by a thread of its own, against M invalidators. */
export function peers(vcpus: number, invalidators: number): Topology {
  const actors: ActorSpec[] = [
    ...Array.from({ length: vcpus }, (_none, n) => ({ ...NOBODY, name: `vcpu${n}`, machine: 'vcpu', vcpu: n, thread: n })),
    ...Array.from({ length: invalidators }, (_none, n) => ({ ...NOBODY, name: `invalidator${n}`, machine: 'invalidator' })),
  ];
  const names = Array.from({ length: vcpus }, (_none, n) => `vcpu${n}`);
  return {
    sizes: { ...NONE, vcpu: vcpus, thread: vcpus, pfn: PFNS, actor: actors.length + 1, one: 1 },
    actors, setup: [], setupPlaces: [], gfns: [], indexes: [], hvas: [], vmOfVcpu: names.map(() => 0), vmTypes: ['default'], regionOfHva: [], hugeRegions: [], mappedRegions: [],
    names: { vms: ['vm0'], vcpus: names, threads: names, fds: [], events: [], regions: [] },
    placement: {},
  };
}
