// What a forked child does: the model has calls of its own for it where it differs.

import { approximately, type Numeric } from '../values.ts';
import { inapplicable } from '../outcome.ts';
import type { Context, Row } from '../context.ts';
import type { Args, Step } from '../recording.ts';

/** Calls on files that say the same from whatever process. */
const SAME = [
  'fallocate', 'ftruncate', 'fstat', 'fstatfs', 'fsync', 'fchmod', 'fchown', 'getfl', 'getfd', 'add_seals', 'fadvise', 'ioctl', 'sendfile',
  'read', 'write', 'pread', 'pwrite', 'lseek', 'reopen', 'same_inode', 'check_cap',
];
const OF_VM = ['create_gmem', 'set_region2', 'set_region', 'set_attr', 'get_dirty_log', 'enable_cap', 'create_vcpu'];
const OF_VCPU = ['run', 'guest_access', 'hypercall', 'hypercall_map_gpa', 'prefault'];

/** The row of `child`, by those of what it does. */
export const inChild = (rows: Readonly<Record<string, Row>>): Row => ({ step }, context) => {
  const inner = step as unknown as Step;
  const { op, args } = inner;
  context.names.make(inner);
  if (SAME.includes(op)) return rows[op]!(args, context, inner);
  if (OF_VM.includes(op)) return context.call('child_vm_ioctl', { vm: context.vmWord(args['vm']) });
  if (OF_VCPU.includes(op)) return context.call('child_vcpu_ioctl', { vcpu: context.vcpu(context.names.of(args['vcpu'])) });
  if (op === 'close') return context.call('child_close', { fd: context.fdWord(args['fd']) });
  if (op === 'mmap') return mapped(args, context);
  return inapplicable(`operation '${op}' in a child`);
};

const mapped = (args: Args, context: Context) => {
  const handle = context.names.of(args['as']);
  return context.make('child_mmap', {
    region: handle.kind === 'map' ? handle.region : 0, fd: context.fdWord(args['fd']), prot: approximately(args['prot'] as Numeric), flags: approximately(args['flags'] as Numeric),
    length: args['len'] as Numeric, offset: args['offset'] as Numeric,
  }, 'map');
};
