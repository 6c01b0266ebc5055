// SC01 as a topology made by hand: one vCPU that faults on a private page, one thread that punches it. It needs neither the
// scenario language nor a set-up program, so that the engine can be tested on its own.

import { GUEST, INSTRUCTION, VMM } from '../../src/memory/code.ts';
import type { Topology } from '../../src/scenario/topology.ts';
import type { RunWorld } from '../../src/runtime/world.ts';

const instruction = (...words: number[]): number[] => Array.from({ length: INSTRUCTION }, (_, i) => words[i] ?? 0);
const actor = { vm: 0, vcpu: -1, thread: -1, caller: 0, ownFile: 0, code: [] as number[] };

/** `rounds` accesses against `rounds` punches; 1 is SC01. */
export function slice(rounds = 1): Topology {
  const again = rounds === 1 ? [] : instruction(GUEST.LOOP, 0, 0, rounds);
  return {
    sizes: {
      vm: 1, vcpu: 1, gfn: 1, hp: 0, slot: 2, slotId: 1, set: 2, file: 2, inode: 2, index: 1, pfn: 4, segment: 0, hva: 1, region: 1, actor: 6, fd: 1,
      root: 2, thread: 2, event: 1, payload: 20, one: 1,
    },
    actors: [
      { ...actor, name: 'vcpu0', machine: 'vcpu', vcpu: 0, thread: 0, caller: 3, code: [
        ...instruction(GUEST.WRITE, 0, 1, 1, 7), ...instruction(GUEST.WRITE, 0, 1, 1, 8), ...again, ...instruction(GUEST.END)] },
      { ...actor, name: 'irq0', machine: 'hardware', vcpu: 0 },
      { ...actor, name: 'cpu0', machine: 'vmm', thread: 0, code: [...instruction(VMM.RUN, 1, 0, 0), ...instruction(VMM.END)] },
      { ...actor, name: 'main', machine: 'vmm', thread: 1, code: [
        ...instruction(VMM.CALL, 0, 0, 5, 0, 3, 0, 0, 4096, 0), ...again, ...instruction(VMM.END)] },
      { ...actor, name: 'main.gmem', machine: 'gmem-op', thread: 1, caller: 4 },
    ],
    setupPlaces: [], setup: [],
    gfns: [{ start: '0', end: '1' }], indexes: [{ start: '0', end: '1' }], hvas: [{ start: '0', end: '1' }],
    vmOfVcpu: [0], vmTypes: ['sw-protected'], regionOfHva: [-1], hugeRegions: [], mappedRegions: [],
    placement: {},
    names: { vms: ['vm0'], vcpus: ['vcpu0'], threads: ['cpu0', 'main'], fds: ['A'], events: [], regions: [] },
  };
}

/** Puts a bound file of one page behind gfn 0, which is private: what a set-up program would do. */
export function placeSlice(world: RunWorld): void {
  const { kvm, inode, file, fd, memslot_set, memslot, slot_gmem, binding, mem_attr } = world.objects;
  kvm(0).state = 1;
  kvm(0).users_count = 3;
  inode(1).live = 1;
  inode(1).i_size = 1;
  inode(1).i_count = 1;
  Object.assign(file(1), { state: 1, f_count: 1, inode: 1, kvm: 1 });
  fd(0).file = 1;
  memslot_set(0, 0).slot.put(0, 1);
  Object.assign(memslot(1), { state: 1, kvm: 1, npages: 1, flags: 4 });
  slot_gmem(1).file = 1;
  binding(1, 0).slot = 1;
  mem_attr(0, 0).attributes = 1;
}
