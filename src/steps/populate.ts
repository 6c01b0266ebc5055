// Steps of KVM_MEMORY_ENCRYPT_OP as far as it fills private memory: SNP_LAUNCH_UPDATE, an ioctl of a VM, and KVM_TDX_INIT_MEM_REGION, one of a vCPU.

import { ok } from '../memory/outcome.ts';
import { arg64, argumentOffset, type Call } from '../memory/calls.ts';
import { frame, type Registers } from '../memory/layout.ts';
import * as rwsem from '../memory/rwsem.ts';
import { isZero, pageAligned, pageNumber, pages, toBig, wraps } from '../memory/u64.ts';
import { EFAULT, EINVAL, ENOTTY } from './errno.ts';
import { refused } from './fallocate.ts';
import { done } from './flush.ts';
import { absent, headOf, hit, putFolio } from './folio.ts';
import { specifyContent } from './ghost.ts';
import { slotOf } from './memslot-lookup.ts';
import { privateIn } from './shareability.ts';
import type { FolioAt, Operation } from '../memory/frames.ts';
import type { Frame, Step, World } from '../memory/world.ts';

const range = (first: Call['arguments'][number]): Call['arguments'] => [
  first,
  { name: 'gpa', type: 'u64', description: 'guest address, bytes' },
  { name: 'size', type: 'u64', description: 'bytes' },
  { name: 'hva', type: 'u64', description: 'address in the VMM that is copied from, bytes' },
];
const populateCall: Call = {
  name: 'launch_update', on: 'vm', vmIoctl: true, fragment: 'vm.populate', description: 'SNP_LAUNCH_UPDATE: fills private memory of a confidential VM',
  arguments: range({ name: 'vm', type: 'vm', default: 0, description: 'the VM' }),
};
const regionCall: Call = {
  name: 'init_mem_region', on: 'vcpu', fragment: 'vcpu.initMemRegion', description: 'KVM_TDX_INIT_MEM_REGION: fills private memory of a confidential VM, and maps it',
  arguments: range({ name: 'vcpu', type: 'vcpu', description: 'the vCPU' }),
};
export const calls: readonly Call[] = [populateCall, regionCall];
/** The same places in both messages. */
const GPA = argumentOffset(populateCall, 'gpa'), SIZE = argumentOffset(populateCall, 'size'), HVA = argumentOffset(populateCall, 'hva');

const PopulateFrame = frame('vm.populate', {
  slot: { ref: 'slot' }, index: { ref: 'index' }, pfn: { ref: 'pfn' },
  /** The page that is copied from: its address, its frame. */
  hva: { ref: 'hva' }, source: { ref: 'pfn' }, write: {},
  /** Pages that are done. */
  pages: {},
});
const RegionFrame = frame('vcpu.initMemRegion', {
  gfn: { ref: 'gfn' }, write: {}, intent: {}, pages: {}, source: { ref: 'pfn' },
  /** The file's inode, and the page of the process. */
  filled: { ref: 'inode' }, from_hva: { ref: 'hva' },
});
const SourceFrame = frame('tdx.source', { hva: { ref: 'hva' } });
export const frames = [PopulateFrame, RegionFrame, SourceFrame];
type Populate = Operation & FolioAt & Registers<typeof PopulateFrame>;
type Region = Registers<typeof RegionFrame> & { hva: number; errno: number };

const fail = (f: Frame<{ errno: number }>, errno: number): number => {
  f.errno = errno;
  return refused;
};

/** errno of a request; 0, and the first gfn and its memslot. */
function request(world: World, f: Frame): { errno: number; gfn: number; slot: number; hva: number } {
  const gpa = arg64(world, f, GPA);
  const size = arg64(world, f, SIZE);
  const none = { gfn: 0, slot: 0, hva: 0 };
  if (world.facts.vmTypes[f.vm] !== 'confidential') return { errno: ENOTTY, ...none };
  if (!pageAligned(gpa) || !pageAligned(size) || isZero(size) || wraps(gpa, size)) return { errno: EINVAL, ...none };
  const gfn = world.facts.gfns.find(BigInt(pageNumber(gpa)));
  const slot = gfn < 0 ? 0 : slotOf(world, f.vm, gfn);
  const hva = world.facts.hvas.find(toBig(pages(arg64(world, f, HVA))));
  if (slot === 0 || world.slot_gmem(slot).file === 0) return { errno: EINVAL, ...none };
  const { base_gfn, npages } = world.memslot(slot);
  if (BigInt(gfn - base_gfn) + (toBig(size) >> 12n) > BigInt(npages)) return { errno: EINVAL, ...none };
  return { errno: hva < 0 ? EFAULT : 0, gfn, slot, hva };
}

const wanted = (world: World, f: Frame): number => Number(toBig(pages(arg64(world, f, SIZE))));

/** get_user_pages_fast: the page behind an address, with a reference, if it is there. */
function getSource({ hpte, folio, folio_ref }: World, f: Frame<{ hva: number; source: number }>): number {
  const { pfn, protnone } = hpte(f.hva);
  if (pfn === 0 || protnone !== 0) return absent;
  folio_ref(headOf(folio, pfn)).add_refcount(1);
  f.source = pfn;
  return hit;
}

function putSource(world: World, f: Frame<{ source: number }>): number {
  putFolio(world, f.source);
  f.source = 0;
  return ok;
}

/** What the page of the process holds goes into the file's page; the guest may rely on it. */
function copy(world: World, source: number, pfn: number): void {
  const from = world.page(source);
  const to = world.page(pfn);
  const { tag, writer, value } = from;
  to.tag = tag;
  to.writer = writer;
  to.value = value;
  if (world.folio(pfn).uptodate === 0) world.folio(pfn).uptodate = 1;
  specifyContent(world, pfn, tag, writer, value);
}

export const steps = {
  'populate.validate': (world, f) => {
    const { errno, slot, hva } = request(world, f);
    if (errno !== 0) return fail(f, errno);
    f.slot = slot;
    f.hva = hva;
    f.handle = world.slot_gmem(slot).file;
    world.file(f.handle).add_f_count(1);
    f.inode = world.file(f.handle).inode;
    return ok;
  },
  'populate.more': (world, f) => (f.pages < wanted(world, f) ? ok : done),
  /** kvm_range_has_memory_attributes: what is filled must be private. */
  'populate.next': (world, f) => {
    if (f.pages >= wanted(world, f)) return done;
    const { base_gfn, pgoff } = world.memslot(f.slot);
    const gfn = world.facts.gfns.find(BigInt(pageNumber(arg64(world, f, GPA)) + f.pages));
    if (privateIn(world, f.vm, f.slot, gfn) === 0) return fail(f, EINVAL);
    f.index = gfn - base_gfn + pgoff;
    return ok;
  },
  'populate.getSource': (world, f) => getSource(world, f),
  'populate.putSource': (world, f) => putSource(world, f),
  'populate.failed': (_world, f) => {
    f.errno = EFAULT;
    return ok;
  },
  'populate.copy': (world, f) => {
    copy(world, f.source, f.pfn);
    f.hva += 1;
    f.pages += 1;
    return ok;
  },
} satisfies { [name: string]: Step<Populate> };

export const regionSteps = {
  'tdx.downWrite': ({ invalidate_lock }, f) => rwsem.downWrite(invalidate_lock(f.filled), f.self),
  'tdx.downWriteGranted': ({ invalidate_lock }, f) => rwsem.downWriteGranted(invalidate_lock(f.filled), f.self),
  'tdx.upWrite': ({ invalidate_lock }, f) => rwsem.upWrite(invalidate_lock(f.filled)),
  'tdx.validate': (world, f) => {
    const { errno, gfn, slot, hva } = request(world, f);
    if (errno !== 0) return fail(f, errno);
    f.gfn = gfn;
    f.from_hva = hva;
    f.intent = 1;
    f.filled = world.file(world.slot_gmem(slot).file).inode;
    return ok;
  },
  'tdx.next': (world, f) => (f.pages < wanted(world, f) ? ok : done),
  'tdx.getSource': (world, f) => {
    f.hva = f.from_hva;
    return getSource(world, f);
  },
  'tdx.putSource': (world, f) => putSource(world, f),
  'tdx.failed': (_world, f) => {
    f.errno = EFAULT;
    return ok;
  },
  'tdx.refuse': (_world, f) => {
    if (f.errno === 0) f.errno = EINVAL;
    return ok;
  },
  /** What was mapped a moment ago is the page of the file, which its lock keeps there. */
  'tdx.addPage': (world, f) => {
    const root = world.vcpu_root(f.vcpu).root - 1;
    const { pfn } = world.spte(f.vm, root, f.gfn);
    if (pfn !== 0) copy(world, f.source, pfn);
    f.gfn += 1;
    f.from_hva += 1;
    f.pages += 1;
    return ok;
  },
} satisfies { [name: string]: Step<Region> };
