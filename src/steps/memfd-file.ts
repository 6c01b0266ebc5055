// Steps of memfds as files: memfd_create(2), read and write, mmap. Reading takes no lock: it asks the size first, then the seal, since the
// seal can only be set while the file is empty.

import { ok } from '../memory/outcome.ts';
import { arg, arg64, type Call } from '../memory/calls.ts';
import * as rwsem from '../memory/rwsem.ts';
import { TAG_HOST } from '../memory/layouts/folio.ts';
import { FILE_LIVE } from '../memory/layouts/gmem.ts';
import { VM_NO_WRITE } from '../memory/layouts/host.ts';
import { F_SEAL_GROW, F_SEAL_GUEST, F_SEAL_WRITE } from '../memory/layouts/memfd.ts';
import { add, less, negative, pageNumber, toBig, type Pair } from '../memory/u64.ts';
import { EINVAL, EMFILE, ENFILE, ENODEV, EPERM } from './errno.ts';
import { refused } from './fallocate.ts';
import { specifyFileContent } from './ghost.ts';
import { beyond } from './gmem-host-fault.ts';
import { freeFile, freeInode } from './gmem-create.ts';
import { steps as releaseSteps } from './gmem-release.ts';
import { isFree, openFile } from './handle.ts';
import { MAP_PRIVATE, MAP_TYPE, request, returnAddress, vmFlags } from './mapping-make.ts';
import { fileOffset } from './mappings.ts';
import { sealed, setSize, sizeOf, type MemfdWorld } from './memfd-world.ts';
import type { FolioAt, HostFault, HostRange, Operation, Touch } from '../memory/frames.ts';
import type { Frame, Step } from '../memory/world.ts';

const fd = { name: 'fd', type: 'fd', description: 'descriptor of the file' } as const;
export const memfdCreateCall: Call = {
  name: 'memfd_create', on: 'gmem', makesFile: true, fragment: 'memfd.create', description: 'memfd_create(2) with MFD_ALLOW_SEALING, then ftruncate(2): no seals yet',
  arguments: [
    { name: 'fd', type: 'newFd', description: 'name of the new descriptor' },
    { name: 'size', type: 'u64', default: 0, description: 'bytes' },
  ],
};
const length = { name: 'length', type: 'u64', default: 4096, description: 'bytes' } as const;
const offset = { name: 'offset', type: 'u64', default: 0, description: 'bytes' } as const;
/** The calls that a guest_memfd refuses, and a memfd answers: the same arguments. */
export const fileCalls: readonly Call[] = [
  { name: 'file_pread', on: 'gmem', fragment: 'memfd.read', description: 'pread(2) of one page', arguments: [fd, length, offset] },
  { name: 'file_pwrite', on: 'gmem', fragment: 'memfd.write', description: 'pwrite(2) of one page', arguments: [fd, length, offset] },
  { name: 'file_truncate', on: 'gmem', fragment: 'memfd.truncate', description: 'ftruncate(2)', arguments: [fd, length] },
];

/** Words of file_pread and file_pwrite. */
const LENGTH = 1, OFFSET = 3;

type Mem = Operation & FolioAt & HostRange & Touch & { region: number; advised: number; advised_end: number };
type File = Mem & HostFault & { of: number; at: number; page: number };

const fail = (f: Frame<Mem>, errno: number): number => {
  f.errno = errno;
  return refused;
};

/** An inode and a file of it, seen by nobody yet; false when there is no room. */
function makeFile(world: MemfdWorld, f: Frame<Mem>, size: Pair): boolean {
  const handle = freeFile(world);
  const number = freeInode(world);
  if (handle === 0 || number === 0) return false;
  world.inode(number).live = 1;
  world.inode(number).i_count = 1;
  setSize(world, number, size);
  const file = world.file(handle);
  file.state = FILE_LIVE;
  file.f_count = 1;
  file.inode = number;
  f.handle = handle;
  f.inode = number;
  return true;
}

export const steps = {
  /** inode_lock, inode_unlock */
  'iRwsem.downWrite': ({ i_rwsem }, f) => rwsem.downWrite(i_rwsem(f.inode), f.self),
  'iRwsem.downWriteGranted': ({ i_rwsem }, f) => rwsem.downWriteGranted(i_rwsem(f.inode), f.self),
  'iRwsem.upWrite': ({ i_rwsem }, f) => rwsem.upWrite(i_rwsem(f.inode)),

  'memfd.create': (world, f) => {
    const number = arg(world, f, 0);
    const size = arg64(world, f, 1);
    if (negative(size)) return fail(f, EINVAL);
    if (!isFree(world, number)) return fail(f, EMFILE);
    if (!makeFile(world, f, size)) return fail(f, ENFILE);
    world.fd(number).file = f.handle;
    f.value = number;
    return ok;
  },
  /** What a VMM does for a guest: memfd_create, F_ADD_SEALS of the empty file, ftruncate. Nobody else has it yet. */
  'memfd.createForGuest': (world, f) => {
    if (!makeFile(world, f, arg64(world, f, 2))) return fail(f, ENFILE);
    world.shmem_info(f.inode).seals = F_SEAL_GUEST;
    return ok;
  },
  /** A file of another kind. */
  'memfd.foreign': (_world, f) => fail(f, EINVAL),
  /** destroy_inode: seals and owner go with it. */
  'inode.free': (world, f) => {
    const info = world.guest_owner(f.inode);
    info.kvm = 0;
    info.ops = 0;
    world.shmem_info(f.inode).seals = 0;
    world.shmem_info(f.inode).used = 0;
    world.i_mmap_writable(f.inode).denied = 0;
    world.registration(f.inode).by.clearAll();
    return releaseSteps['inode.free'](world, f);
  },

  /** shmem_file_read_iter, r1: i_size_read. */
  'read.testSize': (world, f) => {
    if (!less(arg64(world, f, OFFSET), sizeOf(world, f.inode))) return beyond;
    f.index = world.facts.indexes.find(BigInt(pageNumber(arg64(world, f, OFFSET))));
    if (f.index < 0) throw new RangeError('a page of a memfd is read that the scenario has no room for');
    return ok;
  },
  /** r2: F_SEAL_GUEST. */
  'read.testSeal': (world, f) => (sealed(world, f.inode, F_SEAL_GUEST) ? fail(f, EPERM) : ok),
  /** r3, r4: i_size_read again, then copy_page_to_iter. */
  'read.copy': (world, f) => {
    if (!less(arg64(world, f, OFFSET), sizeOf(world, f.inode))) return beyond;
    f.value = world.page(f.pfn).value;
    return ok;
  },
  /** shmem_write_begin, inode_lock held: seals. */
  'write.testSeals': (world, f) => {
    if (sealed(world, f.inode, F_SEAL_GUEST | F_SEAL_WRITE)) return fail(f, EPERM);
    if (sealed(world, f.inode, F_SEAL_GROW) && less(sizeOf(world, f.inode), add(arg64(world, f, OFFSET), arg64(world, f, LENGTH)))) return fail(f, EPERM);
    f.index = world.facts.indexes.find(BigInt(pageNumber(arg64(world, f, OFFSET))));
    if (f.index < 0) throw new RangeError('a page of a memfd is written that the scenario has no room for');
    return ok;
  },
  /** copy_page_from_iter, shmem_write_end: the content, and a size that has grown. */
  'write.copy': (world, f) => {
    const content = world.page(f.pfn);
    content.tag = TAG_HOST;
    content.writer = 0;
    content.value = 1;
    content.secret_of = 0;
    specifyFileContent(world, f.inode, f.index, TAG_HOST, 0, 1);
    const end = add(arg64(world, f, OFFSET), arg64(world, f, LENGTH));
    if (less(sizeOf(world, f.inode), end)) setSize(world, f.inode, end);
    return ok;
  },

  /** do_mmap, shmem_mmap: seals. Linked it is later, under another lock. */
  'gmemMmap.check': (world, f) => {
    const { fd: number, prot, flags } = request(world, f);
    if (f.handle === 0) return fail(f, openFile(world, number).kind === 0 ? EINVAL : ENODEV);
    if (sealed(world, f.inode, F_SEAL_GUEST)) return fail(f, EPERM);
    if ((flags & MAP_TYPE) === MAP_PRIVATE) throw new RangeError('a private mapping of a memfd is not modelled');
    const writes = (vmFlags(prot, flags) & VM_NO_WRITE) === 0;
    if (writes && (sealed(world, f.inode, F_SEAL_WRITE) || world.i_mmap_writable(f.inode).denied !== 0)) return fail(f, EPERM);
    returnAddress(world, f);
    return ok;
  },
  /** shmem_fault: within the file. No seal is looked at (G1-B8). */
  'fileFolio.bounds': (world, f) => {
    const { inode } = world.mapping(world.facts.regionOfHva[f.hva]!);
    const at = fileOffset(world, f.hva);
    if (!less(at, sizeOf(world, inode))) return beyond;
    const index = world.facts.indexes.find(BigInt(pageNumber(at)));
    if (index < 0) throw new RangeError(`page ${toBig(at) >> 12n} of a file is mapped and touched, which the scenario has no room for`);
    f.of = inode;
    f.at = index;
    return ok;
  },
} satisfies { [name: string]: Step<File, MemfdWorld> };
