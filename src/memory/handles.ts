// How a call names a handle of any kind in one word. Most calls name what they are for by its number: a VM where a VM is wanted, a
// descriptor where a file is. Recordings pass any handle to any call, to see what is refused; those numbers are below zero.

/** No file: descriptor -1. */
export const NO_FILE = -1;

/** Where a file is wanted (`fd`): the descriptor of a VM. */
export const vmAsFile = (vm: number): number => -2 - 2 * vm;
/** Where a file is wanted: the descriptor of a vCPU. */
export const vcpuAsFile = (vcpu: number): number => -3 - 2 * vcpu;

/** Where a VM is wanted (`vm`): /dev/kvm. */
export const KVM_AS_VM = -1;
/** Where a VM is wanted: descriptor number `fd`, whatever it is of; a duplicate of a VM's descriptor is one. */
export const fdAsVm = (fd: number): number => -2 - fd;

/** The VM that `vmAsFile` names; -1 for another handle. */
export const vmOfHandle = (handle: number): number => (handle <= -2 && handle % 2 === 0 ? -(handle + 2) / 2 : -1);
/** The vCPU that `vcpuAsFile` names; -1 for another handle. */
export const vcpuOfHandle = (handle: number): number => (handle <= -3 && handle % 2 !== 0 ? -(handle + 3) / 2 : -1);
