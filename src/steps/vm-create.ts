// Steps of KVM_CREATE_VM and KVM_CREATE_VCPU, and of KVM_CHECK_EXTENSION and KVM_ENABLE_CAP: what a VM is asked for before it runs.

import { ok, outcome } from '../memory/outcome.ts';
import { arg, arg64, putResult, type Call } from '../memory/calls.ts';
import { KVM_AS_VM, NO_FILE } from '../memory/handles.ts';
import { DESCRIPTOR_KVM } from '../memory/layouts/gmem.ts';
import { toBig } from '../memory/u64.ts';
import { addressSpaces } from './address-space.ts';
import { EBADF, EEXIST, EINVAL, ENOTTY } from './errno.ts';
import { badFd, refused } from './fallocate.ts';
import { exists } from './folio.ts';
import { isOpen, openFile } from './handle.ts';
import { bearVcpu, bearVm, HYPERCALL_EXITS } from './initialise.ts';
import { privateAttributes, supportedGmemFlags, supportsGmem } from './vm-type.ts';
import { getVm } from './vm-life.ts';
import type { Operation } from '../memory/frames.ts';
import type { Step, World } from '../memory/world.ts';

export const device = outcome('device');

/** Types of KVM_CREATE_VM by their number. */
export const VM_TYPES = ['default', 'sw-protected', 'sev', 'sev-es', 'snp', 'tdx'] as const;

/** KVM_MAX_VCPU_IDS */
const MAX_VCPU_IDS = 4096;

/** Numbers of capabilities. */
const CAP = {
  SYNC_MMU: 16, NR_MEMSLOTS: 10, READONLY_MEM: 81, MULTI_ADDRESS_SPACE: 118, EXIT_HYPERCALL: 201, USER_MEMORY2: 231, MEMORY_FAULT_INFO: 232,
  MEMORY_ATTRIBUTES: 233, GUEST_MEMFD: 234, VM_TYPES: 235, PRE_FAULT_MEMORY: 236, GUEST_MEMFD_FLAGS: 244,
} as const;

const vm = { name: 'vm', type: 'vm', default: 0, description: 'the VM' } as const;

export const calls: readonly Call[] = [
  {
    name: 'create_vm', on: 'vm', fragment: 'vm.create', description: 'KVM_CREATE_VM: a VM that is not there yet comes into being', recorded: true,
    arguments: [
      { name: 'vm', type: 'vm', description: 'the VM that it becomes' },
      { name: 'type', type: 'u32', default: 0, description: '0 default, 1 software-protected, 2 SEV, 3 SEV-ES, 4 SNP, 5 TDX' },
      { name: 'kvm', type: 'fd', default: NO_FILE, description: 'descriptor of /dev/kvm; left out one that is never closed' },
    ],
  },
  {
    name: 'create_vcpu', on: 'vm', vmIoctl: true, fragment: 'vm.createVcpu', description: 'KVM_CREATE_VCPU: a vCPU that is not there yet comes into being', recorded: true,
    arguments: [
      vm, { name: 'vcpu', type: 'vcpu', description: 'the vCPU that it becomes' }, { name: 'id', type: 'u32', default: 0, description: 'its id in the VM' },
    ],
  },
  {
    name: 'check_cap', on: 'vm', fragment: 'vm.checkCap', description: 'KVM_CHECK_EXTENSION: what a VM, or KVM, can do', recorded: true,
    arguments: [{ ...vm, description: 'the VM; -1 /dev/kvm' }, { name: 'cap', type: 'u32', description: 'number of the capability' }],
    results: [{ name: 'ret', type: 'u32' }],
  },
  {
    name: 'enable_cap', on: 'vm', vmIoctl: true, fragment: 'vm.enableCap', description: 'KVM_ENABLE_CAP', recorded: true,
    arguments: [
      vm, { name: 'cap', type: 'u32', default: CAP.EXIT_HYPERCALL, description: '201: which hypercalls leave to userspace' },
      { name: 'arg', type: 'u64', description: 'its first argument: a bit for each hypercall' },
    ],
  },
];

/** Where the answer of check_cap lies in its message. */
const CHECK_CAP_RET = 2;

/** kvm_vm_ioctl_check_extension_generic and its parts of x86; `of` is the VM, -1 for /dev/kvm. Unknown capabilities are 0. */
function capability(world: World, cap: number, of: number): number {
  const { config } = world.facts;
  switch (cap) {
    case CAP.SYNC_MMU: case CAP.READONLY_MEM: case CAP.USER_MEMORY2: case CAP.MEMORY_FAULT_INFO: return 1;
    case CAP.NR_MEMSLOTS: return config.userMemSlots;
    // Not known where there can be only one.
    case CAP.MULTI_ADDRESS_SPACE: return config.smm === true ? addressSpaces(world, of) : 0;
    case CAP.EXIT_HYPERCALL: return HYPERCALL_EXITS;
    case CAP.MEMORY_ATTRIBUTES: return config.attributes ? privateAttributes(world, of) : 0;
    case CAP.GUEST_MEMFD: return supportsGmem(world, of) ? 1 : 0;
    case CAP.VM_TYPES: return VM_TYPES.reduce((mask, name, type) => (config.vmTypes.includes(name) ? mask | (1 << type) : mask), 0);
    case CAP.PRE_FAULT_MEMORY: return config.prefault === true ? 1 : 0;
    case CAP.GUEST_MEMFD_FLAGS: return supportedGmemFlags(world, of);
    default: return 0;
  }
}

export const steps = {
  /** fget of /dev/kvm. */
  'vm.getDevice': (world, f) => {
    const handle = arg(world, f, 2);
    if (handle === NO_FILE) return ok;
    const open = openFile(world, handle);
    if (open.kind === DESCRIPTOR_KVM) return ok;
    f.errno = isOpen(open) ? ENOTTY : EBADF;
    return badFd;
  },
  /** kvm_arch_init_vm: kvm_is_vm_type_supported. */
  'vm.testType': ({ facts, mailbox }, f) => {
    const type = VM_TYPES[mailbox(f.self).payload.at(1)];
    if (type !== undefined && facts.config.vmTypes.includes(type)) return ok;
    f.errno = EINVAL;
    return refused;
  },
  /** kvm_create_vm, fd_install. The topology says which type the VM is; another one is a mistake of whoever made the topology. */
  'vm.install': (world, f) => {
    const number = arg(world, f, 0);
    const type = VM_TYPES[arg(world, f, 1)]!;
    if (world.facts.vmTypes[number] !== type || world.kvm(number).state !== 0) throw new RangeError(`VM ${number} cannot be made as '${type}': it is '${world.facts.vmTypes[number]}', or was made before`);
    bearVm(world, number);
    f.value = number;
    return ok;
  },

  /** kvm_vm_ioctl_create_vcpu: the range of ids. */
  'vcpu.testId': (world, f) => {
    if (arg(world, f, 2) >>> 0 < MAX_VCPU_IDS) return ok;
    f.errno = EINVAL;
    return refused;
  },
  /** kvm->lock held: kvm_get_vcpu_by_id finds no other, and the vCPU is there, with a descriptor of its own. */
  'vcpu.insert': (world, f) => {
    const { facts, vcpu_id } = world;
    const vcpu = arg(world, f, 1);
    const id = arg(world, f, 2);
    if (facts.vmOfVcpu[vcpu] !== f.vm) throw new RangeError(`vCPU ${vcpu} is one of VM ${facts.vmOfVcpu[vcpu]}, not of VM ${f.vm}`);
    for (const other of facts.vcpusOfVm[f.vm]!) {
      if (vcpu_id(other).number !== id + 1) continue;
      f.errno = EEXIST;
      return exists;
    }
    if (world.vcpu_fd(vcpu).open !== 0) throw new RangeError(`vCPU ${vcpu} is there already`);
    vcpu_id(vcpu).number = id + 1;
    bearVcpu(world, vcpu);
    f.value = vcpu;
    return ok;
  },

  /** fdget of what is asked: a VM, or /dev/kvm. */
  'cap.getFile': (world, f) => (arg(world, f, 0) === KVM_AS_VM ? device : getVm(world, f)),
  'cap.check': (world, f) => {
    const handle = arg(world, f, 0);
    putResult(world, f, CHECK_CAP_RET, capability(world, arg(world, f, 1), handle === KVM_AS_VM ? -1 : f.vm));
    return ok;
  },
  /** kvm_vm_ioctl_enable_cap: hypercalls that may not leave are refused. */
  'cap.enable': (world, f) => {
    const bits = toBig(arg64(world, f, 2));
    if (arg(world, f, 1) !== CAP.EXIT_HYPERCALL || (bits & ~BigInt(HYPERCALL_EXITS)) !== 0n) f.errno = EINVAL;
    else world.kvm_arch(f.vm).hypercall_exit_enabled = Number(bits);
    return ok;
  },
} satisfies { [name: string]: Step<Operation> };
