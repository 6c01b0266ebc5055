// The list of system calls that every kernel has from 6.8 on.

import { calls as setRegionCalls } from './set-region.ts';
import { calls as vmCreateCalls } from './vm-create.ts';
import type { Argument, Call } from '../memory/calls.ts';
import { calls as childCalls } from './child.ts';
import { calls as descriptorCalls } from './descriptor.ts';
import { calls as dirtyLogCalls } from './dirty-log.ts';
import { calls as fileInfoCalls } from './file-info.ts';
import { calls as refusedCalls } from './file-refused.ts';
import { calls as copyCalls } from './host-copy.ts';
import { madviseCall } from './madvise.ts';
import { calls as mappingCalls } from './mapping-change.ts';
import { anonCall, childMmapCall, mmapCall } from './mapping-make.ts';
import { unpoisonCall } from './soft-offline.ts';

/** Mappings of the process, and what its children do. */
const memoryCalls: readonly Call[] = [mmapCall, anonCall, ...mappingCalls, madviseCall, ...copyCalls, unpoisonCall, childMmapCall, ...childCalls];

/** KVM_CREATE_GUEST_MEMFD; kernels have their own flags. */
export const createGmemCall = (flags: Partial<Argument> = {}): Call => ({
  name: 'create_gmem', on: 'vm', vmIoctl: true, makesFile: true, fragment: 'gmem.create', description: 'KVM_CREATE_GUEST_MEMFD',
  arguments: [
    { name: 'vm', type: 'vm', description: 'VM that the file belongs to' },
    { name: 'fd', type: 'newFd', description: 'name of the new descriptor' },
    { name: 'size', type: 'u64', description: 'bytes' },
    { name: 'flags', type: 'u64', default: 0, description: '1 MMAP, 2 INIT_SHARED, where the kernel knows them', ...flags },
    { name: 'reserved', type: 'u32', default: 0, description: 'what the reserved words are', recorded: true },
    { name: 'badptr', type: 'u32', default: 0, description: '1: the struct is at an address that is not mapped', recorded: true },
  ],
});

/** Files and VMs: their life. */
const lifeCalls: readonly Call[] = [
  createGmemCall(),
  {
    name: 'close_vm', on: 'vm', fragment: 'vm.close', description: 'close(2) of a VM descriptor',
    arguments: [{ name: 'vm', type: 'vm', description: 'the VM' }],
  },
  {
    name: 'close_vcpu', on: 'vm', fragment: 'vcpu.close', description: 'close(2) of a vCPU descriptor',
    arguments: [{ name: 'vcpu', type: 'vcpu', description: 'the vCPU' }],
  },
  {
    name: 'close', on: 'gmem', fragment: 'gmem.close', description: 'close(2) of a guest_memfd',
    arguments: [{ name: 'fd', type: 'fd', description: 'descriptor of the file' }],
  },
  {
    name: 'dup', on: 'gmem', fragment: 'gmem.dup', description: 'dup(2) of a guest_memfd',
    arguments: [
      { name: 'fd', type: 'fd', description: 'descriptor of the file' },
      { name: 'newFd', type: 'newFd', description: 'name of the new descriptor' },
    ],
  },
  {
    name: 'madvise_hwpoison', on: 'host', fragment: 'host.hwpoison', description: 'madvise(MADV_HWPOISON): a page of shared guest memory is treated as lost',
    arguments: [{ name: 'hva', type: 'u64', description: 'address, bytes' }],
  },
];

export const calls: readonly Call[] = [
  {
    name: 'fallocate', on: 'gmem', fragment: 'gmem.fallocate', description: 'fallocate(2) on a guest_memfd: allocate, or punch a hole',
    arguments: [
      { name: 'fd', type: 'fd', description: 'descriptor of the file' },
      { name: 'mode', type: 'u32', description: '1 KEEP_SIZE allocates, 3 KEEP_SIZE | PUNCH_HOLE punches' },
      { name: 'offset', type: 'u64', description: 'bytes' },
      { name: 'length', type: 'u64', description: 'bytes' },
    ],
  },

  {
    name: 'set_region', on: 'vm', vmIoctl: true, fragment: 'vm.setRegion', description: 'KVM_SET_USER_MEMORY_REGION2: makes, changes or, with size 0, deletes a memslot',
    arguments: [
      { name: 'vm', type: 'vm', default: 0, description: 'the VM' },
      { name: 'slot', type: 'u32', description: 'id of the memslot; address space in the upper half' },
      { name: 'flags', type: 'u32', default: 0, description: '1 LOG_DIRTY_PAGES, 2 READONLY, 4 GUEST_MEMFD' },
      { name: 'gpa', type: 'u64', default: 0, description: 'guest address, bytes' },
      { name: 'size', type: 'u64', description: 'bytes' },
      { name: 'hva', type: 'u64', default: 0, description: 'address in the VMM of the shared memory, bytes' },
      { name: 'fd', type: 'fd', default: -1, description: 'guest_memfd for private memory' },
      { name: 'offset', type: 'u64', default: 0, description: 'bytes into that file' },
      { name: 'pad', type: 'u32', default: 0, description: 'what the padding is', recorded: true },
      { name: 'badptr', type: 'u32', default: 0, description: '1: the struct is at an address that is not mapped', recorded: true },
    ],
  },
  {
    name: 'set_attributes', on: 'vm', vmIoctl: true, fragment: 'vm.setAttributes', description: 'KVM_SET_MEMORY_ATTRIBUTES: makes guest pages private or shared',
    arguments: [
      { name: 'vm', type: 'vm', default: 0, description: 'the VM' },
      { name: 'gpa', type: 'u64', description: 'guest address, bytes' },
      { name: 'size', type: 'u64', description: 'bytes' },
      { name: 'attributes', type: 'u64', description: '8 PRIVATE, 0 shared' },
      { name: 'flags', type: 'u64', default: 0, description: 'must be 0' },
    ],
  },
  {
    name: 'munmap', on: 'host', fragment: 'host.munmap', description: 'munmap(2) of shared guest memory',
    arguments: [
      { name: 'hva', type: 'u64', description: 'address, bytes' },
      { name: 'size', type: 'u64', description: 'bytes' },
    ],
  },
  {
    name: 'madvise_dontneed', on: 'host', fragment: 'host.dontneed', description: 'madvise(MADV_DONTNEED) on shared guest memory: its pages go, the mapping stays',
    arguments: [
      { name: 'hva', type: 'u64', description: 'address, bytes' },
      { name: 'size', type: 'u64', description: 'bytes' },
    ],
  },
  ...lifeCalls, ...refusedCalls, ...memoryCalls,
  // What only recordings of real kernels do.
  ...vmCreateCalls, ...setRegionCalls, ...dirtyLogCalls, ...descriptorCalls, ...fileInfoCalls,
];
