// What a handle of a call is of: fdget for any of them. And what calls say to a file of another kind than theirs.

import {
  DESCRIPTOR_KVM, DESCRIPTOR_NONE, DESCRIPTOR_VCPU, DESCRIPTOR_VM,
} from '../memory/layouts/gmem.ts';
import { KVM_AS_VM, vcpuOfHandle, vmOfHandle } from '../memory/handles.ts';
import { EBADF, EINVAL, ENOTTY } from './errno.ts';
import type { World } from '../memory/world.ts';

/** An open file, by what it is: `gmem` with its number, or one of DESCRIPTOR_KINDS; DESCRIPTOR_NONE when nothing is open. */
export interface Open {
  /** Number of the guest_memfd file; 0 for another kind. */
  readonly file: number;
  readonly kind: number;
  /** The VM or vCPU; of another file the descriptor that it was made by. */
  readonly object: number;
}

const NOTHING: Open = { file: 0, kind: DESCRIPTOR_NONE, object: 0 };

/** The file behind a descriptor number. */
function ofDescriptor({ fd, descriptor, facts }: World, number: number): Open {
  if (number < 0 || number >= facts.sizes.fd) return NOTHING;
  const { file } = fd(number);
  if (file !== 0) return { file, kind: DESCRIPTOR_NONE, object: 0 };
  const { kind, object } = descriptor(number);
  return kind === DESCRIPTOR_NONE ? NOTHING : { file: 0, kind, object };
}

/** The file behind a handle where a file is wanted. */
export function openFile(world: World, handle: number): Open {
  if (handle >= -1) return ofDescriptor(world, handle);
  const vm = vmOfHandle(handle);
  if (vm >= 0) return world.kvm(vm).fd_open !== 0 ? { file: 0, kind: DESCRIPTOR_VM, object: vm } : NOTHING;
  const vcpu = vcpuOfHandle(handle);
  return world.vcpu_fd(vcpu).open !== 0 ? { file: 0, kind: DESCRIPTOR_VCPU, object: vcpu } : NOTHING;
}

/** The file behind a handle where a VM is wanted. */
export function openVm(world: World, handle: number): Open {
  if (handle >= 0) return world.kvm(handle).fd_open !== 0 ? { file: 0, kind: DESCRIPTOR_VM, object: handle } : NOTHING;
  return handle === KVM_AS_VM ? { file: 0, kind: DESCRIPTOR_KVM, object: 0 } : ofDescriptor(world, -2 - handle);
}

/** Does this descriptor number name nothing yet? A name that is taken is no free descriptor. */
export const isFree = ({ fd, descriptor }: World, number: number): boolean => fd(number).file === 0 && descriptor(number).kind === DESCRIPTOR_NONE;

/** Is anything open? */
export const isOpen = ({ file, kind }: Open): boolean => file !== 0 || kind !== DESCRIPTOR_NONE;

/** errno of an ioctl of a VM on another file: KVM's own devices know none of that number, other files know no ioctl at all. */
export function notAVm(open: Open): number {
  if (!isOpen(open)) return EBADF;
  return open.kind === DESCRIPTOR_KVM || open.kind === DESCRIPTOR_VCPU ? EINVAL : ENOTTY;
}
