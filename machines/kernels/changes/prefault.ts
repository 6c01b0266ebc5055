// 6.11: KVM_PRE_FAULT_MEMORY, an ioctl of a vCPU that maps guest pages before the guest needs them, by the same fault path. Unlike KVM_RUN
// it tries a fault again without leaving its SRCU section, so it must not wait for what waits for readers: on a memslot that is being
// deleted it goes round for ever (G4-B6). What it means, private or shared, is the attribute as it was when it came to the page.

import { putResult64, arg64 } from '../../../src/memory/calls.ts';
import { frame, type Registers } from '../../../src/memory/layout.ts';
import { more, ok, outcome } from '../../../src/memory/outcome.ts';
import { add, fromBig, isZero, PAGE_SHIFT, pageAligned, pageNumber, sub, toBig, wraps, type Pair } from '../../../src/memory/u64.ts';
import { EBADF, EINTR, EINVAL, EIO, ENOENT } from '../../../src/steps/errno.ts';
import { badFd, refused } from '../../../src/steps/fallocate.ts';
import { done } from '../../../src/steps/flush.ts';
import { noSlot } from '../../../src/steps/fault.ts';
import { pending } from '../../../src/steps/vcpu.ts';
import { putVcpuFile } from '../../../src/steps/vm-life.ts';
import { fragment, step, use } from '../../fragment.ts';
import type { Call } from '../../../src/memory/calls.ts';
import type { Fault } from '../../../src/memory/frames.ts';
import type { Frame, Step, World } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const failed = outcome('failed');

/** What every ioctl of a vCPU keeps while it runs: its result. */
const operationFrame = frame('vcpu.operation', { errno: {}, value: {} });
const prefaultFrame = frame('vcpu.prefault', { gfn: { ref: 'gfn' }, write: {}, intent: {}, /** Pages that are mapped. */ pages: {} });
type Prefault = Registers<typeof operationFrame> & Registers<typeof prefaultFrame> & Fault;

const prefaultCall: Call = {
  name: 'prefault', on: 'vcpu', fragment: 'vcpu.prefault', description: 'KVM_PRE_FAULT_MEMORY: maps guest pages before the guest touches them',
  arguments: [
    { name: 'vcpu', type: 'vcpu', description: 'the vCPU' },
    { name: 'gpa', type: 'u64', description: 'guest address, bytes' },
    { name: 'size', type: 'u64', description: 'bytes' },
    { name: 'flags', type: 'u64', default: 0, description: 'must be 0' },
  ],
  results: [{ name: 'left', type: 'u64' }, { name: 'left_gpa', type: 'u64' }],
};
/** Words of the message. */
const GPA = 1, SIZE = 3, FLAGS = 5, LEFT = 7, LEFT_GPA = 9;

const bytes = (pages: number): Pair => fromBig(BigInt(pages) << BigInt(PAGE_SHIFT));
/** What is left, as the kernel hands it back with whatever result. */
function putLeft(world: World, f: Frame<{ pages: number }>): void {
  putResult64(world, f, LEFT, sub(arg64(world, f, SIZE), bytes(f.pages)));
  putResult64(world, f, LEFT_GPA, add(arg64(world, f, GPA), bytes(f.pages)));
}

/** fdget; kvm_vcpu_ioctl of a dead VM. */
const get: Step<Prefault> = (world, f) => {
  putLeft(world, f);
  const descriptor = world.vcpu_fd(f.vcpu);
  if (descriptor.open === 0) f.errno = EBADF;
  else if (world.kvm(f.vm).vm_dead !== 0) f.errno = EIO;
  if (f.errno !== 0) return badFd;
  descriptor.add_f_count(1);
  return ok;
};
const put: Step<Prefault> = (world, f) => {
  putVcpuFile(world, f.vcpu);
  return ok;
};

/** kvm_vcpu_pre_fault_memory: flags, alignment, a range that is not empty and does not wrap. */
const validate: Step<Prefault> = (world, f) => {
  const gpa = arg64(world, f, GPA);
  const size = arg64(world, f, SIZE);
  if (isZero(arg64(world, f, FLAGS)) && pageAligned(gpa) && pageAligned(size) && !isZero(size) && !wraps(gpa, size) && !isZero(add(gpa, size))) return ok;
  f.errno = EINVAL;
  return refused;
};

/** signal_pending, before each page and before each further try. */
const checkSignal: Step<Prefault> = ({ signal }, f) => {
  if (f.thread < 0 || signal(f.thread).number === 0) return ok;
  f.errno = EINTR;
  return pending;
};

/** kvm_arch_vcpu_pre_fault_memory: PFERR_PRIVATE_ACCESS if the page is private now. A page that nothing in the scenario names has no memslot. */
export const prefaultPage = (isPrivate: (world: World, vm: number, gfn: number) => number): Step<Prefault> => (world, f) => {
  const { gfns } = world.facts;
  const gfn = gfns.find(BigInt(pageNumber(arg64(world, f, GPA)) + f.pages));
  if (gfn < 0) return noSlot;
  f.gfn = gfn;
  f.intent = isPrivate(world, f.vm, gfn);
  return ok;
};

/** One page more is mapped. */
const advance: Step<Prefault> = (world, f) => {
  f.pages += 1;
  return BigInt(f.pages) < toBig(arg64(world, f, SIZE)) >> BigInt(PAGE_SHIFT) ? more : done;
};

/** RET_PF_EMULATE: no memslot. */
const failNoEntry: Step<Prefault> = (_world, f) => {
  f.errno = ENOENT;
  return failed;
};

/** Success if at least one page was mapped; the range that is left is handed back in any case. */
const finish: Step<Prefault> = (world, f) => {
  if (f.pages > 0) f.errno = 0;
  putLeft(world, f);
  return ok;
};

export const prefault: Fix = {
  machines: [{ machine: 'vcpu-op', root: 'vcpu.operations' }],
  config: { prefault: true },
  calls: [prefaultCall],
  registers: [operationFrame, prefaultFrame],
  steps: {
    'prefault.get': get, 'prefault.put': put, 'prefault.validate': validate, 'prefault.checkSignal': checkSignal, 'prefault.enterPage': prefaultPage((world, vm, gfn) => world.mem_attr(vm, gfn).attributes),
    'prefault.advance': advance, 'prefault.failNoEntry': failNoEntry, 'prefault.finish': finish,
  },
  fragments: {
    'vcpu.prefault': fragment('vcpu.prefault', 'kvm_vcpu_ioctl(KVM_PRE_FAULT_MEMORY)', {
      get: step('prefault.get', 'fdget, kvm_vcpu_ioctl', { ok: 'lock', badFd: '^done' }),
      lock: step('vcpu.lock', 'mutex_lock(&vcpu->mutex)', { ok: 'validate' }),
      validate: step('prefault.validate', 'kvm_vcpu_pre_fault_memory: the checks', { ok: 'srcu', refused: 'unlock' }),
      srcu: step('srcu.readLock', 'srcu_read_lock(&kvm->srcu)', { ok: 'signals' }),
      signals: step('prefault.checkSignal', 'signal_pending(current)', { ok: 'root', pending: 'leave' }),
      root: step('vcpu.loadRoot', 'kvm_mmu_reload', { ok: 'page' }),
      page: step('prefault.enterPage', 'kvm_arch_vcpu_pre_fault_memory: private or shared', { ok: 'again', noSlot: 'noEntry' }),
      again: step('prefault.checkSignal', 'kvm_tdp_map_page: signal_pending(current)', { ok: 'fault', pending: 'leave' }),
      fault: use('mmu.fault', { fixed: 'advance', retry: 'again', invalid: 'again', emulate: 'noEntry', exit: 'leave' }),
      advance: step('prefault.advance', 'the next page', { more: 'signals', done: 'leave' }),
      noEntry: step('prefault.failNoEntry', 'no memslot: ENOENT', { failed: 'leave' }),
      leave: step('srcu.readUnlock', 'srcu_read_unlock(&kvm->srcu)', { ok: 'finish' }),
      finish: step('prefault.finish', 'what was mapped counts', { ok: 'unlock' }),
      unlock: step('vcpu.unlock', 'mutex_unlock(&vcpu->mutex)', { ok: 'put' }),
      put: step('prefault.put', 'fdput', { ok: '^done' }),
    }),
  },
  bugs: [{
    id: 'G4-B6', breaks: 'KVM_PRE_FAULT_MEMORY on a memslot that is being deleted tries for ever inside the SRCU section that the deletion waits for.',
    scenario: 'SC30', shownBy: ['L-01'], fixedIn: 'v6.18',
  }, {
    id: 'FL-2', breaks: 'KVM_PRE_FAULT_MEMORY on a vCPU whose root is obsolete tries for ever with that root: nobody looks at the request to drop it.',
    scenario: 'prefault-root', shownBy: ['L-01'], fixedIn: 'v6.18',
  }],
};
