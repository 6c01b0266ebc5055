// S-30 and S-33: what a MEMORY_FAULT exit may say. Judged when the exit is prepared, the fault's registers still standing.

import { MEMORY_FAULT_FLAG_PRIVATE } from '../../memory/layouts/vcpu.ts';
import { ok } from '../../memory/outcome.ts';
import { differs } from '../../steps/fault.ts';
import { privacyOf, slotAt } from './state.ts';
import { gfnName, vcpuName } from './words.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

const kind = (isPrivate: boolean): string => (isPrivate ? 'private' : 'shared');

export const s30: Invariant = {
  id: 'S-30',
  title: 'an exit names what happened',
  statement: 'A MEMORY_FAULT exit names the gfn and the kind of the access that failed, and for a mismatch the gfn was of the other kind at some instant between the snapshot of mmu_invalidate_seq and the comparison.',
  after: {
    'fault.testPrivacy': (world) => {
      const { frames, last } = world;
      const frame = frames[last.actor]!;
      const isPrivate = privacyOf(world, frame.vm, frame['slot']!, frame['gfn']!);
      if (last.outcome !== differs || isPrivate !== (frame['intent'] !== 0)) return undefined;
      return `${vcpuName(world, frame.vcpu)} leaves for userspace because ${gfnName(world, frame.vm, frame['gfn']!)} is not ${kind(isPrivate)}, and it is`;
    },
    'fault.prepareMemoryFault': (world) => {
      const { objects, frames, last } = world;
      if (last.outcome !== ok) return undefined;
      const frame = frames[last.actor]!;
      const { gfn, flags } = objects.kvm_run(frame.vcpu);
      const named = (flags & MEMORY_FAULT_FLAG_PRIVATE) !== 0;
      const meant = frame['intent'] !== 0;
      if (gfn - 1 !== frame['gfn']) return `the exit of ${vcpuName(world, frame.vcpu)} names ${gfnName(world, frame.vm, gfn - 1)}, the access was to ${gfnName(world, frame.vm, frame['gfn']!)}`;
      return named === meant ? undefined : `the exit of ${vcpuName(world, frame.vcpu)} says that a ${kind(named)} access to ${gfnName(world, frame.vm, gfn - 1)} failed, it was ${kind(meant)}`;
    },
  },
};

function oldState(world: CheckedWorld): string | undefined {
  const { objects, facts, frames, last } = world;
  const { vm, vcpu } = frames[last.actor]!;
  if (last.outcome !== ok || facts.vmTypes[vm] === 'confidential') return undefined;
  const { gfn, flags } = objects.kvm_run(vcpu);
  const named = (flags & MEMORY_FAULT_FLAG_PRIVATE) !== 0;
  const now = privacyOf(world, vm, slotAt(world, vm, gfn - 1), gfn - 1);
  return now === undefined || named === now ? undefined
    : `the exit of ${vcpuName(world, vcpu)} asks for ${gfnName(world, vm, gfn - 1)} to become ${kind(named)}, which nobody but KVM has meant: the gfn is ${kind(now)}, and a VMM that obeys undoes that`;
}

export const s33: Invariant = {
  id: 'S-33',
  title: 'no exit asks for the old state back',
  statement: 'In a VM whose accesses carry no intent of their own a MEMORY_FAULT exit never names the attribute opposite to the one in force at the exit.',
  after: { 'fault.prepareMemoryFault': oldState },
};
