// File calls that any file answers: fstat, fstatfs, the flags of fcntl, posix_fadvise, and whether two descriptors are of one inode.

import { ok, outcome } from '../memory/outcome.ts';
import { arg, arg64, argumentOffset, putResult, putResult64, resultOffset, type Call } from '../memory/calls.ts';
import {
  DESCRIPTOR_DEVNULL, DESCRIPTOR_DEVZERO, DESCRIPTOR_KVM, DESCRIPTOR_MEMFD, DESCRIPTOR_NONE, DESCRIPTOR_PIPE,
} from '../memory/layouts/gmem.ts';
import { negative, pair, type Pair } from '../memory/u64.ts';
import { EBADF, EINVAL, ESPIPE } from './errno.ts';
import { badFd } from './fallocate.ts';
import { isOpen, openFile, type Open } from './handle.ts';
import type { Operation } from '../memory/frames.ts';
import type { Frame, Step, World } from '../memory/world.ts';

const fd = { name: 'fd', type: 'fd', description: 'descriptor of the file' } as const;
const u32 = (name: string): { name: string; type: 'u32' } => ({ name, type: 'u32' });
const u64 = (name: string): { name: string; type: 'u64' } => ({ name, type: 'u64' });

const call = (name: string, description: string, rest: Partial<Call>): Call =>
  ({ name, on: 'gmem', fragment: 'file.ask', description, arguments: [fd], recorded: true, ...rest });

const fstat = call('file_fstat', 'fstat(2)', { results: [u64('size'), u64('blocks'), u32('blksize'), u32('mode'), u32('nlink'), u32('uid')] });
const fstatfs = call('file_fstatfs', 'fstatfs(2)', { results: [u32('magic'), u32('bsize')] });
const getfl = call('file_getfl', 'fcntl(F_GETFL)', { results: [u32('ret')] });
const getfd = call('file_getfd', 'fcntl(F_GETFD)', { results: [u32('ret')] });
const fadvise = call('file_fadvise', 'posix_fadvise(2): nothing comes of it', {
  arguments: [
    fd, { name: 'offset', type: 'u64', default: 0, description: 'bytes' }, { name: 'length', type: 'u64', default: 0, description: 'bytes; 0 to the end' },
    { name: 'advice', type: 'u32', default: 0, description: '0 NORMAL to 5 NOREUSE' },
  ],
});
const sameInode = call('same_inode', 'do two descriptors name the same inode (fstat of both)', {
  arguments: [{ ...fd, name: 'a' }, { ...fd, name: 'b' }], results: [u32('ret')],
});

export const calls: readonly Call[] = [fstat, fstatfs, getfl, getfd, fadvise, sameInode];

const S_IFIFO = 0o010_000, S_IFCHR = 0o020_000, S_IFREG = 0o100_000;
/** The file system of anonymous inodes, and its block size. */
const ANON_INODE_FS_MAGIC = 0x0904_1934, BLOCK = 4096;
const O_RDWR = 2, O_LARGEFILE = 0o100_000;
/** The last advice of posix_fadvise. */
const POSIX_FADV_NOREUSE = 5;

/** st_mode. Other files than a guest_memfd are anonymous inodes without a type, or devices. */
function modeOf({ file, kind }: Open): number {
  if (file !== 0) return S_IFREG | 0o600;
  switch (kind) {
    case DESCRIPTOR_KVM: return S_IFCHR | 0o600;
    case DESCRIPTOR_DEVZERO: case DESCRIPTOR_DEVNULL: return S_IFCHR | 0o666;
    case DESCRIPTOR_MEMFD: return S_IFREG | 0o777;
    case DESCRIPTOR_PIPE: return S_IFIFO | 0o600;
    default: return 0o600;
  }
}

/** i_size. */
function sizeOf(world: World, f: Frame, { file, kind }: Open): Pair {
  if (file !== 0) {
    const { size_lo, size_hi } = world.inode(world.file(file).inode);
    return pair(size_lo, size_hi);
  }
  if (kind !== DESCRIPTOR_MEMFD) return pair(0, 0);
  const { size_lo, size_hi } = world.descriptor(arg(world, f, 0));
  return pair(size_lo, size_hi);
}

/** What two descriptors of one inode have in common. */
const identity = (world: World, { file, kind, object }: Open): string => (file !== 0 ? `gmem ${world.file(file).inode}` : `${kind} ${object}`);

/** Where a result of a call goes. */
const at = (of: Call, name: string): number => resultOffset(of, name);

export const stat = outcome('stat');
export const statfs = outcome('statfs');
export const flags = outcome('flags');
export const descriptorFlags = outcome('descriptorFlags');
export const advise = outcome('advise');
export const compare = outcome('compare');

const OUTCOMES: Readonly<Record<string, number>> = {
  file_fstat: stat, file_fstatfs: statfs, file_getfl: flags, file_getfd: descriptorFlags, file_fadvise: advise, same_inode: compare,
};
const byCall = new Map(calls.map(({ name }) => [outcome(name), OUTCOMES[name]!]));

const POSITIONS = { offset: argumentOffset(fadvise, 'offset'), length: argumentOffset(fadvise, 'length'), advice: argumentOffset(fadvise, 'advice') } as const;

export const steps = {
  /** fdget, of one descriptor or of both; then what the call asks. */
  'file.open': (world, f) => {
    const asked = byCall.get(world.facts.callOutcomes[world.mailbox(f.self).type - 1]!)!;
    const open = isOpen(openFile(world, arg(world, f, 0))) && (asked !== compare || isOpen(openFile(world, arg(world, f, 1))));
    if (open) return asked;
    f.errno = EBADF;
    return badFd;
  },
  /** vfs_getattr. No file of KVM counts blocks: what it has allocated cannot be seen from outside. */
  'file.stat': (world, f) => {
    const open = openFile(world, arg(world, f, 0));
    putResult64(world, f, at(fstat, 'size'), sizeOf(world, f, open));
    putResult(world, f, at(fstat, 'blksize'), BLOCK);
    putResult(world, f, at(fstat, 'mode'), modeOf(open));
    putResult(world, f, at(fstat, 'nlink'), 1);
    return ok;
  },
  'file.statfs': (world, f) => {
    putResult(world, f, at(fstatfs, 'magic'), ANON_INODE_FS_MAGIC);
    putResult(world, f, at(fstatfs, 'bsize'), BLOCK);
    return ok;
  },
  /** The flags that the file was opened with. */
  'file.flags': (world, f) => {
    putResult(world, f, at(getfl, 'ret'), O_RDWR | O_LARGEFILE);
    return ok;
  },
  /** No descriptor of the model closes on exec. */
  'file.descriptorFlags': (world, f) => {
    putResult(world, f, at(getfd, 'ret'), 0);
    return ok;
  },
  /** generic_fadvise: there is nothing to read ahead or to write back, but the advice must be one. */
  'file.advise': (world, f) => {
    const { kind } = openFile(world, arg(world, f, 0));
    if (kind !== DESCRIPTOR_NONE && kind === DESCRIPTOR_PIPE) f.errno = ESPIPE;
    else if (negative(arg64(world, f, POSITIONS.length)) || arg(world, f, POSITIONS.advice) >>> 0 > POSIX_FADV_NOREUSE) f.errno = EINVAL;
    return ok;
  },
  'file.compare': (world, f) => {
    const [a, b] = [openFile(world, arg(world, f, 0)), openFile(world, arg(world, f, 1))];
    putResult(world, f, at(sameInode, 'ret'), identity(world, a) === identity(world, b) ? 1 : 0);
    return ok;
  },
} satisfies { [name: string]: Step<Operation> };
