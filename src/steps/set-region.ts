// Checks of KVM_SET_USER_MEMORY_REGION2 in their documented order, with the 64-bit arithmetic of the kernel: the first that
// fails gives the errno (S-22). What passes says which of the four changes the request is.

import { ok, outcome } from '../memory/outcome.ts';
import { arg, arg64, recordedArg, type Call } from '../memory/calls.ts';
import { KVM_MEM_GUEST_MEMFD, KVM_MEM_LOG_DIRTY_PAGES, KVM_MEM_READONLY } from '../memory/layouts/kvm.ts';
import { add, isZero, PAGE_SHIFT, pageAligned, toBig, wraps, type Pair } from '../memory/u64.ts';
import { addressSpaces, rowOf, rowsOfSpace } from './address-space.ts';
import { EEXIST, EFAULT, EINVAL, EIO } from './errno.ts';
import { refused } from './fallocate.ts';
import { SET_REGION } from './set-region-args.ts';
import { supportsGmem } from './vm-type.ts';
import type { SetRegion } from '../memory/frames.ts';
import type { Frame, Step, World } from '../memory/world.ts';

export const create = outcome('create');
export const remove = outcome('delete');
export const move = outcome('move');
export const flagsOnly = outcome('flagsOnly');
export const same = outcome('same');

/** KVM_MEMORY_ATTRIBUTE_PRIVATE. */
export const KVM_MEMORY_ATTRIBUTE_PRIVATE = 8;

/** End of user addresses (TASK_SIZE_MAX of four-level paging). */
const USER_ADDRESS_LIMIT = (1n << 47n) - 4096n;
/** KVM_MEM_MAX_NR_PAGES */
const MAX_PAGES = (1n << 31n) - 1n;

/** The request, as userspace's struct has it. */
interface Request {
  readonly asId: number;
  readonly id: number;
  /** Of the table of memslots. */
  readonly row: number;
  readonly flags: number;
  readonly gpa: Pair;
  readonly size: Pair;
  readonly hva: Pair;
  readonly offset: Pair;
}

/** Reads the request from the call's message. */
export function request(world: World, f: Frame): Request {
  const slot = arg(world, f, SET_REGION.slot) >>> 0;
  return {
    asId: slot >>> 16, id: slot & 0xffff, row: rowOf(world.facts, slot >>> 16, slot & 0xffff), flags: arg(world, f, SET_REGION.flags), gpa: arg64(world, f, SET_REGION.gpa),
    size: arg64(world, f, SET_REGION.size), hva: arg64(world, f, SET_REGION.hva), offset: arg64(world, f, SET_REGION.offset),
  };
}

/** Compact number (+ 1) of the host page at an address; 0 for one that the scenario knows nothing of. */
export const hostPage = ({ facts }: World, hva: Pair): number => facts.hvas.find(toBig(hva) >> BigInt(PAGE_SHIFT)) + 1;

/** Compact gfn of a guest address; the scenario names every page that a slot covers. */
export function guestPage({ facts }: World, gpa: Pair): number {
  const gfn = facts.gfns.find(toBig(gpa) >> BigInt(PAGE_SHIFT));
  if (gfn < 0) throw new RangeError(`the scenario has no guest page at 0x${toBig(gpa).toString(16)}`);
  return gfn;
}

/** check_memory_region_flags. A memslot with a file is neither logged nor read-only: the latter since 6.8-rc7, so 6.8 has it (G4-B7 is not in it). */
function flagsAllowed(world: World, vm: number, flags: number): boolean {
  let valid = supportsGmem(world, vm) ? KVM_MEM_GUEST_MEMFD : 0;
  if ((flags & KVM_MEM_GUEST_MEMFD) === 0) valid |= KVM_MEM_LOG_DIRTY_PAGES | KVM_MEM_READONLY;
  return (flags & ~valid) === 0;
}

/** The checks that do not look at the memslots there are. */
function sane(world: World, vm: number, { asId, id, flags, gpa, size, hva, offset }: Request): boolean {
  if (!flagsAllowed(world, vm, flags)) return false;
  if (!pageAligned(size) || !pageAligned(gpa)) return false;
  if (!pageAligned(hva) || toBig(hva) + toBig(size) > USER_ADDRESS_LIMIT) return false;
  if ((flags & KVM_MEM_GUEST_MEMFD) !== 0 && (!pageAligned(offset) || wraps(offset, size))) return false;
  if (asId >= addressSpaces(world, vm) || id >= world.facts.config.userMemSlots) return false;
  if (toBig(add(gpa, size)) < toBig(gpa)) return false;
  return toBig(size) >> BigInt(PAGE_SHIFT) <= MAX_PAGES;
}

/** Memslot in this row of the published set, 0 if none. */
export function publishedSlot({ memslots, memslot_set, facts }: World, vm: number, row: number): number {
  return row < facts.sizes.slotId ? memslot_set(vm, memslots(vm).active).slot.at(row) : 0;
}

/** Words of the older form: it ends where the newer one has the file. */
const OLD_BADPTR = 9;

export const calls: readonly Call[] = [
  {
    name: 'set_region_old', on: 'vm', vmIoctl: true, fragment: 'vm.setRegionOld', description: 'KVM_SET_USER_MEMORY_REGION: the older form, without a file', recorded: true,
    arguments: [
      { name: 'vm', type: 'vm', default: 0, description: 'the VM' },
      { name: 'slot', type: 'u32', description: 'id of the memslot; address space in the upper half' },
      { name: 'flags', type: 'u32', default: 0, description: '1 LOG_DIRTY_PAGES, 2 READONLY' },
      { name: 'gpa', type: 'u64', default: 0, description: 'guest address, bytes' },
      { name: 'size', type: 'u64', description: 'bytes' },
      { name: 'hva', type: 'u64', default: 0, description: 'address in the VMM of the memory, bytes' },
      { name: 'badptr', type: 'u32', default: 0, description: '1: the struct is at an address that is not mapped' },
    ],
  },
];

export const steps = {
  /** kvm_vm_ioctl: copy_from_user, then flags that only the newer form has. */
  'region.testOldForm': (world, f) => {
    if (world.kvm(f.vm).vm_dead !== 0) f.errno = EIO;
    else if (arg(world, f, OLD_BADPTR) !== 0) f.errno = EFAULT;
    else if ((arg(world, f, SET_REGION.flags) & ~(KVM_MEM_LOG_DIRTY_PAGES | KVM_MEM_READONLY)) !== 0) f.errno = EINVAL;
    return f.errno === 0 ? ok : refused;
  },
  /** kvm_vm_ioctl: a VM that the kernel gave up answers EIO to everything; copy_from_user; padding is not looked at.
   *  kvm_vm_ioctl_set_memory_region, before slots_lock: the ids behind the user slots are KVM's own. */
  'region.testNumber': (world, f) => {
    if (world.kvm(f.vm).vm_dead !== 0) f.errno = EIO;
    else if (recordedArg(world, f, SET_REGION.badptr) !== 0) f.errno = EFAULT;
    else if (request(world, f).id >= world.facts.config.userMemSlots) f.errno = EINVAL;
    return f.errno === 0 ? ok : refused;
  },
  /** __kvm_set_memory_region, slots_lock held (nobody else writes memslots): everything up to the overlap. */
  'region.validate': (world, f) => {
    const wanted = request(world, f);
    const fail = (): number => { f.errno = EINVAL; return refused; };
    if (!sane(world, f.vm, wanted)) return fail();
    f.old = publishedSlot(world, f.vm, wanted.row);
    if (isZero(wanted.size)) return f.old === 0 ? fail() : remove;
    if (f.old === 0) return create;
    const old = world.memslot(f.old);
    if ((wanted.flags & KVM_MEM_GUEST_MEMFD) !== 0) return fail();
    if (hostPage(world, wanted.hva) !== old.hva || Number(toBig(wanted.size) >> BigInt(PAGE_SHIFT)) !== old.npages) return fail();
    if (((wanted.flags ^ old.flags) & KVM_MEM_READONLY) !== 0) return fail();
    if (guestPage(world, wanted.gpa) !== old.base_gfn) return move;
    return wanted.flags !== old.flags ? flagsOnly : same;
  },
  /** kvm_check_memslot_overlap, for what appears at new gfns. */
  'region.testOverlap': (world, f) => {
    const { asId, row, gpa, size } = request(world, f);
    const first = guestPage(world, gpa);
    const behind = first + Number(toBig(size) >> BigInt(PAGE_SHIFT));
    const rows = rowsOfSpace(world.facts);
    for (let other = asId * rows; other < (asId + 1) * rows; other++) {
      const slot = other === row ? 0 : publishedSlot(world, f.vm, other);
      if (slot === 0) continue;
      const { base_gfn, npages } = world.memslot(slot);
      if (base_gfn >= behind || base_gfn + npages <= first) continue;
      f.errno = EEXIST;
      return refused;
    }
    return ok;
  },
} satisfies { [name: string]: Step<SetRegion> };
