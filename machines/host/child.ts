// Calls of a forked child, which is another process: what its VMs and vCPUs answer, and descriptors of its own.

import { fragment, step } from '../fragment.ts';

export const vmIoctl = fragment('child.vmIoctl', 'kvm_vm_ioctl in another process', {
  refuse: step('child.vmIoctl', 'kvm->mm != current->mm', { ok: '^done' }),
});

export const vcpuIoctl = fragment('child.vcpuIoctl', 'kvm_vcpu_ioctl in another process', {
  refuse: step('child.vcpuIoctl', 'vcpu->kvm->mm != current->mm', { ok: '^done' }),
});

export const closeInChild = fragment('child.close', 'close(2) of a descriptor that was inherited', {
  close: step('child.close', 'file_close_fd: the parent has its own', { ok: '^done' }),
});
