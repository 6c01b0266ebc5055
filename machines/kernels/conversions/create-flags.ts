// Flags of KVM_CREATE_GUEST_MEMFD, as each series has them.

import { arg64, recordedArg } from '../../../src/memory/calls.ts';
import { ok } from '../../../src/memory/outcome.ts';
import { isZero, negative, pageAligned } from '../../../src/memory/u64.ts';
import { createGmemCall } from '../../../src/steps/calls.ts';
import { EFAULT, EINVAL } from '../../../src/steps/errno.ts';
import { refused } from '../../../src/steps/fallocate.ts';
import type { Operation } from '../../../src/memory/frames.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

/** Words of the message. */
const SIZE = 2, FLAGS = 4, BADPTR = 7;

export interface Flags {
  readonly description: string;
  readonly names: Readonly<Record<string, number>>;
  /** Of a file that the host can map and whose pages are private, shared, at first. */
  readonly private: number;
  readonly shared: number;
}

/** The change; `allowed`: these flags go together. */
export function createFlags(flags: Flags, allowed: (flags: number) => boolean): Fix {
  const known = Object.values(flags.names).reduce((mask, flag) => mask | flag, 0);
  /** copy_from_user, then kvm_gmem_create: flags, then size. */
  const validate: Step<Operation> = (world, f) => {
    const size = arg64(world, f, SIZE);
    const { lo, hi } = arg64(world, f, FLAGS);
    if (recordedArg(world, f, BADPTR) !== 0) f.errno = EFAULT;
    else if (hi !== 0 || (lo & ~known) !== 0 || !allowed(lo)) f.errno = EINVAL;
    else if (negative(size) || isZero(size) || !pageAligned(size)) f.errno = EINVAL;
    return f.errno === 0 ? ok : refused;
  };
  return {
    calls: [createGmemCall({ description: flags.description, flags: flags.names, states: { member: 'init', private: flags.private, shared: flags.shared } })],
    steps: { 'create.validate': validate },
  };
}
