// Quiescence: everybody rests or has ended, no message waits, nothing that was put off is due. Counts are exact then.

import { FILE_DYING } from '../memory/layouts/gmem.ts';
import { KVM_LIVE } from '../memory/layouts/kvm.ts';
import type { CheckedWorld } from './checked-world.ts';

/** `restLeaf`: 1 for leaves in which an actor rests. */
export function quiescent({ frames, facts, objects }: CheckedWorld, restLeaf: Uint8Array): boolean {
  for (let actor = 1; actor <= facts.actors; actor++) if (restLeaf[frames[actor]!.leaf] === 0) return false;
  const { mailbox, file, kvm, ipi } = objects;
  for (let actor = 1; actor <= facts.actors; actor++) if (mailbox(actor).type !== 0) return false;
  for (let number = 1; number < facts.sizes.file; number++) if (file(number).state === FILE_DYING) return false;
  for (let vm = 0; vm < facts.sizes.vm; vm++) if (kvm(vm).state === KVM_LIVE && kvm(vm).users_count === 0) return false;
  for (let vcpu = 0; vcpu < facts.sizes.vcpu; vcpu++) if (ipi(vcpu).inflight.any()) return false;
  return true;
}
