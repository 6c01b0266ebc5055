// Steps of mmap(2), as far as every kernel has them: anonymous memory, and the checks on the way to a file's own mmap method. A mapping that
// a scenario makes has a region of its own, which is where the kernel finds room for it.

import { ok } from '../memory/outcome.ts';
import { arg, arg64, argumentOffset, putResult64, resultOffset, type Call } from '../memory/calls.ts';
import { DESCRIPTOR_DEVZERO, DESCRIPTOR_MEMFD } from '../memory/layouts/gmem.ts';
import { VM_LOCKED } from '../memory/layouts/host.ts';
import { isZero, less, negative, pageAligned, PAGE_SHIFT, pages, add, fromBig, toBig, below } from '../memory/u64.ts';
import { EBADF, EINVAL, ENODEV, ENOMEM, EOPNOTSUPP, EOVERFLOW } from './errno.ts';
import { badFd, refused } from './fallocate.ts';
import { putFile } from './file.ts';
import { isOpen, openFile } from './handle.ts';
import { addressOf, flagsOf, isFree, PROT_READ, PROT_WRITE, roundUp, TASK_SIZE } from './mappings.ts';
import type { Operation } from '../memory/frames.ts';
import type { Frame, Step, World } from '../memory/world.ts';

type Arguments = Call['arguments'];
const length: Arguments[number] = { name: 'length', type: 'u64', description: 'bytes' };
const region: Arguments[number] = { name: 'region', type: 'region', description: 'region that it makes; one that is not `mapped` from the beginning' };
const mapped: NonNullable<Call['results']> = [{ name: 'ret', type: 'u64' }];

const mapArguments: Arguments = [
  region,
  { name: 'fd', type: 'fd', description: 'descriptor of the file' },
  { name: 'prot', type: 'u32', default: 3, description: '1 read, 2 write, 4 execute' },
  { name: 'flags', type: 'u32', default: 1, description: '1 shared, 2 private, 3 shared and validated, 0x2000 locked, 0x8000 populate, 0x40000 of huge pages' },
  length,
  { name: 'offset', type: 'u64', default: 0, description: 'bytes into the file' },
];

export const mmapCall: Call = { name: 'mmap', on: 'host', fragment: 'host.mmap', description: 'mmap(2) of a file', arguments: mapArguments, results: mapped };
/** In a child that is forked for it: the checks are the same, and the mapping goes with the child. */
export const childMmapCall: Call = { ...mmapCall, name: 'child_mmap', description: 'mmap(2) of a file by a forked child, which then exits', recorded: true };
export const anonCall: Call = {
  name: 'anon', on: 'host', fragment: 'host.anon', description: 'mmap(2) of private anonymous memory, to be read and written', arguments: [region, length], results: mapped,
};

const offsetOf = (name: string): number => argumentOffset(mmapCall, name);
const FD = offsetOf('fd'), PROT = offsetOf('prot'), FLAGS = offsetOf('flags'), LENGTH = offsetOf('length'), OFFSET = offsetOf('offset');
const MMAP_RESULT = resultOffset(mmapCall, 'ret'), ANON_RESULT = resultOffset(anonCall, 'ret');

export const MAP_TYPE = 0xf, MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_SHARED_VALIDATE = 3, MAP_LOCKED = 0x2000, MAP_POPULATE = 0x8000, MAP_NONBLOCK = 0x10000, MAP_HUGETLB = 0x40000;
/** LEGACY_MAP_MASK: flags that MAP_SHARED_VALIDATE knows. */
const KNOWN_FLAGS = 0x3 | 0x10 | 0x20 | 0x40 | 0x80 | 0x100 | 0x800 | 0x1000 | MAP_LOCKED | 0x4000 | MAP_POPULATE | MAP_NONBLOCK | 0x20000 | MAP_HUGETLB;

/** What the call asks for. */
export const request = (world: World, f: Frame) => ({
  region: arg(world, f, 0), fd: arg(world, f, FD), prot: arg(world, f, PROT), flags: arg(world, f, FLAGS), length: arg64(world, f, LENGTH), offset: arg64(world, f, OFFSET),
});

/** Room in the address space: at most what the region has, which must not be taken. */
const hasRoom = (world: World, number: number, bytes: bigint): boolean =>
  bytes <= TASK_SIZE && bytes >> BigInt(PAGE_SHIFT) <= BigInt(world.facts.regionAt[number]!.pages) && isFree(world, number);

/** vma_link: the first pages of a region are mapped, those behind them are not. */
export function makeMapping(world: World, number: number, bytes: bigint, flags: number): void {
  const { first, pages: all } = world.facts.regionAt[number]!;
  const vma = world.vma(number);
  const behind = first + Number(bytes >> BigInt(PAGE_SHIFT));
  vma.mapped = 1;
  vma.holes.clearAll();
  for (let hva = first; hva < behind; hva++) world.vm_flags(hva).flags = flags;
  for (let hva = behind; hva < first + all; hva++) vma.holes.set(hva);
}

/** vm_flags of the pages that a call maps. */
export const vmFlags = (prot: number, flags: number): number => flagsOf(prot) | ((flags & MAP_LOCKED) !== 0 ? VM_LOCKED : 0);

/** The call returns the address of its region. */
export const returnAddress = (world: World, f: Frame): void => putResult64(world, f, MMAP_RESULT, addressOf(world.facts, arg(world, f, 0)));

const fail = (f: Frame<Operation>, errno: number): number => {
  f.errno = errno;
  return refused;
};

export const steps = {
  /** sys_mmap: the offset is whole pages. */
  'mmap.testOffset': (world, f) => (pageAligned(request(world, f).offset) ? ok : fail(f, EINVAL)),
  /** fget: the file behind the descriptor, with a reference. */
  'mmap.fget': (world, f) => {
    const open = openFile(world, request(world, f).fd);
    if (!isOpen(open)) {
      f.errno = EBADF;
      return badFd;
    }
    if (open.kind === DESCRIPTOR_MEMFD || open.kind === DESCRIPTOR_DEVZERO) throw new RangeError('a mapping of a file that is no guest_memfd is not modelled');
    if (open.file === 0) return ok;
    world.file(open.file).add_f_count(1);
    f.handle = open.file;
    f.inode = world.file(open.file).inode;
    return ok;
  },
  /** fput */
  'mmap.fput': (world, f) => {
    if (f.handle !== 0) putFile(world, f.handle);
    return ok;
  },
  /** ksys_mmap_pgoff: MAP_HUGETLB is for files of hugetlbfs. */
  'mmap.testHugetlb': (world, f) => ((request(world, f).flags & MAP_HUGETLB) === 0 ? ok : fail(f, EINVAL)),
  /** do_mmap, mmap_lock held for writing: length, room, the largest file, then flags. */
  'mmap.validate': (world, f) => {
    const { region: number, flags, length: asked, offset } = request(world, f);
    if (isZero(asked)) return fail(f, EINVAL);
    const bytes = roundUp(toBig(asked));
    if (bytes >> 64n !== 0n) return fail(f, ENOMEM);
    const behind = add(pages(offset), pages(fromBig(bytes)));
    if (below(behind, pages(offset))) return fail(f, EOVERFLOW);
    if (!hasRoom(world, number, bytes)) return fail(f, ENOMEM);
    // file_mmap_ok of a regular file: its end in bytes is no larger than the largest loff_t.
    if (f.handle !== 0 && (negative(offset) || less(add(offset, fromBig(bytes)), offset))) return fail(f, EOVERFLOW);
    switch (flags & MAP_TYPE) {
      case MAP_SHARED: case MAP_PRIVATE: return ok;
      case MAP_SHARED_VALIDATE: return (flags & ~KNOWN_FLAGS) === 0 ? ok : fail(f, EOPNOTSUPP);
      default: return fail(f, EINVAL);
    }
  },
  /** The file has no mmap method: a guest_memfd, a VM, a device of KVM. */
  'mmap.noMethod': (_world, f) => fail(f, ENODEV),
  /** do_mmap without a file, mmap_lock held for writing. */
  'anon.map': (world, f) => {
    const asked = toBig(arg64(world, f, 1));
    if (asked === 0n) return fail(f, EINVAL);
    if (!hasRoom(world, arg(world, f, 0), roundUp(asked))) return fail(f, ENOMEM);
    makeMapping(world, arg(world, f, 0), roundUp(asked), flagsOf(PROT_READ | PROT_WRITE));
    putResult64(world, f, ANON_RESULT, addressOf(world.facts, arg(world, f, 0)));
    return ok;
  },
} satisfies { [name: string]: Step<Operation> };
