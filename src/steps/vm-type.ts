// What follows from a VM's type: private memory, guest_memfd, their flags. `vm` -1 asks for KVM as a whole.

import type { World } from '../memory/world.ts';

/** Flags of KVM_CREATE_GUEST_MEMFD. */
export const GUEST_MEMFD_FLAG_MMAP = 1;
export const GUEST_MEMFD_FLAG_INIT_SHARED = 2;

/** Is private memory possible in the VM (kvm_arch_has_private_mem)? */
export const hasPrivateMemory = ({ facts }: World, vm: number): boolean => facts.vmTypes[vm] !== 'default';

/** kvm_supported_mem_attributes: PRIVATE where there is private memory. */
export const privateAttributes = (world: World, vm: number): number => (vm < 0 || hasPrivateMemory(world, vm) ? 8 : 0);

/** kvm_arch_supports_gmem: may slots of the VM have a guest_memfd? */
export const supportsGmem = (world: World, vm: number): boolean => vm < 0 || world.facts.config.gmemOfDefaultVm === true || hasPrivateMemory(world, vm);

/** kvm_gmem_get_supported_flags: memory that is private at first cannot begin as shared. */
export function supportedGmemFlags(world: World, vm: number): number {
  const known = world.facts.config.gmemFlags ?? 0;
  return vm >= 0 && hasPrivateMemory(world, vm) ? known & ~GUEST_MEMFD_FLAG_INIT_SHARED : known;
}
