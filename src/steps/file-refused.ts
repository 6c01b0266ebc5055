// The file calls that a guest_memfd of 6.8 refuses by design: it has no read, write, mmap, llseek or setattr method. Which
// check of the system call comes first is what userspace sees.

import { ok, outcome } from '../memory/outcome.ts';
import { arg, arg64, type Call } from '../memory/calls.ts';
import { isZero, negative, pageAligned } from '../memory/u64.ts';
import { EBADF, EINVAL, ENODEV, ENOTTY, ENXIO, ESPIPE } from './errno.ts';
import { isOpen, openFile } from './handle.ts';
import type { Operation } from '../memory/frames.ts';
import type { Frame, Step, World } from '../memory/world.ts';

interface RefusedCall {
  readonly call: Call;
  /** errno of a check before the descriptor is looked at, 0 if it passes. */
  readonly before?: (world: World, f: Frame) => number;
  /** errno when the descriptor is good. */
  readonly errno: (world: World, f: Frame) => number;
}

type Arguments = Call['arguments'];
const fd: Arguments[number] = { name: 'fd', type: 'fd', description: 'descriptor of the file' };
const length: Arguments[number] = { name: 'length', type: 'u64', default: 4096, description: 'bytes' };
const offset: Arguments[number] = { name: 'offset', type: 'u64', default: 0, description: 'bytes' };

/** An argument that changes nothing. */
const recorded = { type: 'u32', default: 0, recorded: true } as const;

const call = (name: string, description: string, ...more: Arguments): Call =>
  ({ name, on: 'gmem', fragment: 'gmem.refusedCall', description, arguments: [fd, ...more] });
const always = (errno: number) => (): number => errno;
/** The last valid `whence`: SEEK_HOLE. */
const SEEK_MAX = 4;

const negativeOffset = (at: number) => (world: World, f: Frame): number => (negative(arg64(world, f, at)) ? EINVAL : 0);

const refusedCalls: readonly RefusedCall[] = [
  { call: call('file_read', 'read(2): refused, EINVAL', length), errno: always(EINVAL) },
  { call: call('file_write', 'write(2): refused, EINVAL', length), errno: always(EINVAL) },
  { call: call('file_pread', 'pread(2): refused, ESPIPE', length, offset), before: negativeOffset(3), errno: always(ESPIPE) },
  { call: call('file_pwrite', 'pwrite(2): refused, ESPIPE', length, offset), before: negativeOffset(3), errno: always(ESPIPE) },
  {
    call: call('file_lseek', 'lseek(2): refused, ESPIPE', offset, { name: 'whence', type: 'u32', default: 0, description: '0 SEEK_SET to 4 SEEK_HOLE' }),
    errno: (world, f) => (arg(world, f, 3) < 0 || arg(world, f, 3) > SEEK_MAX ? EINVAL : ESPIPE),
  },
  { call: call('file_truncate', 'ftruncate(2): refused, EINVAL', length), before: negativeOffset(1), errno: always(EINVAL) },
  {
    call: call('file_mmap', 'mmap(2): refused, ENODEV', length, offset),
    before: (world, f) => (pageAligned(arg64(world, f, 3)) ? 0 : EINVAL),
    errno: (world, f) => (isZero(arg64(world, f, 1)) ? EINVAL : ENODEV),
  },
  { call: call('file_fsync', 'fsync(2): refused, EINVAL'), errno: always(EINVAL) },
  { call: call('file_chmod', 'fchmod(2): refused, EINVAL', { ...recorded, name: 'mode', description: 'permissions' }), errno: always(EINVAL) },
  { call: call('file_reopen', 'open(2) of /proc/self/fd: refused, ENXIO'), errno: always(ENXIO) },
  { call: call('file_ioctl', 'ioctl(2) of an unknown number: refused, ENOTTY', { ...recorded, name: 'request', description: 'its number' }), errno: always(ENOTTY) },
  { call: { ...call('file_chown', 'fchown(2): refused, EINVAL'), recorded: true }, errno: always(EINVAL) },
  {
    call: { ...call('file_add_seals', 'fcntl(F_ADD_SEALS): refused, EINVAL', { name: 'seals', type: 'u32', default: 0, description: 'which' }), recorded: true }, errno: always(EINVAL),
  },
  { call: { ...call('file_sendfile', 'sendfile(2) out of it: refused, ESPIPE', length, offset), recorded: true }, before: negativeOffset(3), errno: always(ESPIPE) },
];

const byOutcome = new Map(refusedCalls.map((one) => [outcome(one.call.name), one]));

/** The calls, for the kernel's list. */
export const calls: readonly Call[] = refusedCalls.map((one) => one.call);

export const steps = {
  /** What is wrong with the arguments alone, then a bad descriptor, then what the file cannot do. */
  'file.refuse': (world, f) => {
    const refusal = byOutcome.get(world.facts.callOutcomes[world.mailbox(f.self).type - 1]!)!;
    f.errno = refusal.before?.(world, f) ?? 0;
    if (f.errno === 0) f.errno = !isOpen(openFile(world, arg(world, f, 0))) ? EBADF : refusal.errno(world, f);
    return ok;
  },
} satisfies { [name: string]: Step<Operation> };
