// What a forked child does: another process, with a copy of the mappings and of the descriptors. It is forked for one access or one call and
// exits behind it, so nothing of it stays but what it did to files. Calls of VMs and vCPUs look at the process first: they answer EIO.

import { ok } from '../memory/outcome.ts';
import { arg, type Call } from '../memory/calls.ts';
import { operand } from '../memory/code.ts';
import { DESCRIPTOR_VM } from '../memory/layouts/gmem.ts';
import { BUS_MCEERR_AR, SEGV_ACCERR, SEGV_MAPERR, SIGBUS, SIGSEGV, VM_DONTCOPY, VM_WIPEONFORK } from '../memory/layouts/host.ts';
import { advance } from './control.ts';
import { EBADF, EIO } from './errno.ts';
import { isOpen, notAVm, openFile, openVm } from './handle.ts';
import { allows, isMapped } from './mappings.ts';
import { keepSiginfo } from './siginfo.ts';
import type { Operation } from '../memory/frames.ts';
import type { Vmm } from './vmm.ts';
import type { Frame, Step, World } from '../memory/world.ts';

/** How a request says that it comes from a child: calls of its own, since almost all that differs is what the parent keeps. A call on a file that
 *  makes and drops no descriptor is the same from a child: `fallocate` and the like have no row here. Any ioctl on a VM, whatever its
 *  arguments, is `child_vm_ioctl`, any on a vCPU, KVM_RUN among them, `child_vcpu_ioctl`. `child_mmap` is beside `mmap`. An access
 *  through the inherited mappings is operand 10 of HOST_ACCESS. */
export const calls: readonly Call[] = [
  {
    name: 'child_vm_ioctl', on: 'vm', fragment: 'child.vmIoctl', description: 'an ioctl on a VM by a forked child', recorded: true,
    arguments: [{ name: 'vm', type: 'vm', description: 'the VM' }],
  },
  {
    name: 'child_vcpu_ioctl', on: 'vm', fragment: 'child.vcpuIoctl', description: 'an ioctl on a vCPU by a forked child', recorded: true,
    arguments: [{ name: 'vcpu', type: 'vcpu', description: 'the vCPU' }],
  },
  {
    name: 'child_close', on: 'gmem', fragment: 'child.close', description: 'close(2) of its own descriptor by a forked child', recorded: true,
    arguments: [{ name: 'fd', type: 'fd', description: 'the descriptor' }],
  },
];

/** The access is given up: a signal kills the child, which is how its parent learns of it. */
function die(world: World, f: Frame<Vmm>, hva: number, number: number, code: number): number {
  keepSiginfo(world, f.thread, { number, code, hva: hva + 1, pfn: 0 });
  advance(world.facts, f);
  return ok;
}

/** The host page that the instruction at the program counter is about, and whether it writes. */
export const accessOf = ({ facts }: World, f: Frame<Vmm>): { hva: number; write: boolean } =>
  ({ hva: operand(facts, f.self, f.pc, 1), write: operand(facts, f.self, f.pc, 3) !== 0 });

/** Answers what kills the child before a page is looked at; undefined when the mapping allows the access. */
export function refuseChild(world: World, f: Frame<Vmm>): number | undefined {
  const { hva, write } = accessOf(world, f);
  const { flags } = world.vm_flags(hva);
  if (!isMapped(world, hva) || (flags & VM_DONTCOPY) !== 0) return die(world, f, hva, SIGSEGV, SEGV_MAPERR);
  return allows(flags, write) ? undefined : die(world, f, hva, SIGSEGV, SEGV_ACCERR);
}

/** The access of a child to anonymous memory: a store goes to its copy, a load sees what the parent had. */
export function accessCopy(world: World, f: Frame<Vmm>): number {
  const { hva, write } = accessOf(world, f);
  const { pfn, hwpoison } = world.hpte(hva);
  if (hwpoison !== 0) return die(world, f, hva, SIGBUS, BUS_MCEERR_AR);
  const wiped = (world.vm_flags(hva).flags & VM_WIPEONFORK) !== 0;
  keepSiginfo(world, f.thread, { number: 0, code: 0, hva: 0, pfn: write || wiped ? 0 : pfn });
  advance(world.facts, f);
  return ok;
}

export { die as killChild };

export const steps = {
  /** The access through the child's copy of the page table. */
  'child.access': (world, f) => refuseChild(world, f) ?? accessCopy(world, f),
  /** kvm_vm_ioctl: kvm->mm is not current->mm, before anything else is looked at. */
  'child.vmIoctl': (world, f) => {
    const open = openVm(world, arg(world, f, 0));
    f.errno = open.kind === DESCRIPTOR_VM ? EIO : notAVm(open);
    return ok;
  },
  'child.vcpuIoctl': (world, f) => {
    f.errno = world.vcpu_fd(arg(world, f, 0)).open === 0 ? EBADF : EIO;
    return ok;
  },
  /** The child's descriptor goes; the parent's keeps the file. */
  'child.close': (world, f) => {
    f.errno = isOpen(openFile(world, arg(world, f, 0))) ? 0 : EBADF;
    return ok;
  },
} satisfies { [name: string]: Step<Vmm & Operation> };
