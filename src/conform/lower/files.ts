// Files and VMs: making, closing, and what files answer to the calls that any file has.

import { DESCRIPTOR_KINDS, DESCRIPTOR_KVM, DESCRIPTOR_MEMFD, DESCRIPTOR_NONE } from '../../memory/layouts/gmem.ts';
import { CAP_GMEM_ATTRIBUTES } from '../../steps/gmem-capability.ts';
import { harmless, inapplicable, result, type Outcome } from '../outcome.ts';
import type { Row } from '../context.ts';
import { isNumeric, type Numeric } from '../values.ts';

const number = (value: unknown): Numeric => (value ?? 0) as Numeric;

/** Numbers of capabilities that facts name. */
const CAPS: Readonly<Record<string, number>> = {
  USER_MEMORY2: 231, MEMORY_FAULT_INFO: 232, MEMORY_ATTRIBUTES: 233, GUEST_MEMFD: 234, VM_TYPES: 235, PRE_FAULT_MEMORY: 236, GUEST_MEMFD_FLAGS: 244, EXIT_HYPERCALL: 201, GUEST_MEMFD_MEMORY_ATTRIBUTES: CAP_GMEM_ATTRIBUTES,
};
/** VM types that facts name. */
const VM_TYPES: Readonly<Record<string, number>> = { DEFAULT: 0, SW_PROTECTED: 1 };

const capability = (value: unknown): Numeric | undefined => (typeof value === 'string' && !value.startsWith('0x') ? CAPS[value] : value as Numeric);

/** A call whose first argument is a file and whose others are numbers of the same names. */
const fileCall = (call: string, names: Readonly<Record<string, string>> = {}, fields: readonly string[] = []): Row => (args, context) => {
  const values: Record<string, Numeric> = { fd: context.fdWord(args['fd']) };
  for (const name in names) values[names[name]!] = number(args[name]);
  return context.call(call, values, fields);
};

/** What a conversion makes of the content of its pages, by the names that facts give it. */
const MODES: Readonly<Record<string, number>> = { PRESERVE: 1 };

/** What is left out of files that KVM knows nothing of: their content, their size, who may use them. */
const LEFT_OUT = 'what a file is asked or told that is no guest_memfd and none of KVM';

/** A call that is left out of files that KVM knows nothing of, or of memfds `only`; `otherwise` says whether later steps may depend on it. */
const notOfOthers = (row: Row, otherwise: (why: string) => Outcome = harmless, only = DESCRIPTOR_NONE): Row => (args, context, step) => {
  const kind = context.foreignKind(args['fd']);
  return kind !== DESCRIPTOR_NONE && (only === DESCRIPTOR_NONE || kind === only) ? otherwise(LEFT_OUT) : row(args, context, step);
};

export const files: Readonly<Record<string, Row>> = {
  create_vm: ({ type, as }, context) => {
    const number = typeof type === 'string' && !type.startsWith('0x') ? VM_TYPES[type] : type as Numeric;
    if (number === undefined) return inapplicable(`VM type ${String(type)}`);
    const outcome = context.make('create_vm', { vm: context.vmWord(as), type: number, kvm: context.kvmDescriptor }, 'fd');
    if (outcome.kind === 'result' && outcome.result['ret'] === 'fd') context.makeHiddenSlot(context.vmWord(as));
    return outcome;
  },
  create_gmem: ({ vm, as, size, flags, reserved, badptr }, context) => (!isNumeric(flags) ? inapplicable(`flag ${String(flags)} of a guest_memfd`) : context.make('create_gmem', {
    vm: context.vmWord(vm), fd: context.fdWord(as), size: number(size), flags: number(flags), reserved: reserved ? 1 : 0, badptr: badptr ? 1 : 0,
  }, 'fd')),
  make_file: ({ kind, size, as }, context) => {
    const at = (DESCRIPTOR_KINDS as readonly string[]).indexOf(String(kind));
    if (at <= DESCRIPTOR_KVM) return inapplicable(`a file of kind '${String(kind)}'`);
    return context.make('make_file', { fd: context.fdWord(as), kind: at, size: number(size) }, 'fd');
  },
  check_cap: ({ fd, cap }, context) => {
    const wanted = capability(cap);
    return wanted === undefined ? inapplicable(`capability ${String(cap)}`) : context.call('check_cap', { vm: context.vmWord(fd), cap: wanted });
  },
  enable_cap: ({ vm, cap, args }, context) => {
    const wanted = capability(cap);
    return wanted === undefined ? inapplicable(`capability ${String(cap)}`) : context.call('enable_cap', { vm: context.vmWord(vm), cap: wanted, arg: (args as readonly Numeric[])[0] ?? 0 });
  },
  close: ({ fd }, context) => {
    const handle = context.names.of(fd);
    if (handle.kind === 'vm') return context.call('close_vm', { vm: context.vmWord(fd) });
    if (handle.kind === 'vcpu') return context.call('close_vcpu', { vcpu: context.vcpu(handle) });
    return context.call('close', { fd: context.fdWord(fd) });
  },
  dup: ({ fd, as }, context) => context.make('dup', { fd: context.fdWord(fd), newFd: context.fdWord(as) }, 'fd'),
  reopen: notOfOthers(({ fd }, context) => context.make('file_reopen', { fd: context.fdWord(fd) }, 'fd'), inapplicable),
  same_inode: ({ a, b }, context) => context.call('same_inode', { a: context.fdWord(a), b: context.fdWord(b) }),
  fallocate: notOfOthers(fileCall('fallocate', { mode: 'mode', offset: 'offset', len: 'length' }), inapplicable, DESCRIPTOR_MEMFD),
  set_gmem_attr: ({ fd, offset, size, attrs, flags }, context) => {
    const mode = isNumeric(flags) ? flags : MODES[String(flags)];
    return mode === undefined ? inapplicable(`a conversion with flag ${String(flags)}`) : context.call('convert_gmem', {
      fd: context.fdWord(fd), offset: number(offset), size: number(size), attributes: number(attrs), flags: mode,
    }, ['error_offset']);
  },
  ftruncate: notOfOthers(fileCall('file_truncate', { len: 'length' }), inapplicable, DESCRIPTOR_MEMFD),
  fstat: (args, context) => {
    const outcome = fileCall('file_fstat', {}, ['size', 'blocks', 'blksize', 'mode', 'nlink', 'uid'])(args, context, undefined as never);
    if (outcome.kind !== 'result' || typeof outcome.result['mode'] !== 'number') return outcome;
    return result({ ...outcome.result, mode: `0${outcome.result['mode'].toString(8)}` });
  },
  fstatfs: fileCall('file_fstatfs', {}, ['bsize', 'magic']),
  fsync: notOfOthers(fileCall('file_fsync'), harmless, DESCRIPTOR_MEMFD),
  fchmod: notOfOthers(fileCall('file_chmod', { mode: 'mode' }), inapplicable),
  fchown: notOfOthers(fileCall('file_chown')),
  getfl: (args, context) => {
    const outcome = fileCall('file_getfl')(args, context, undefined as never);
    return outcome.kind === 'result' && typeof outcome.result['ret'] === 'number' && outcome.result['ret'] >= 0 ? result({ ret: outcome.result['ret'] === 0 ? '0' : `0${outcome.result['ret'].toString(8)}` }) : outcome;
  },
  getfd: fileCall('file_getfd'),
  add_seals: notOfOthers(fileCall('file_add_seals', { seals: 'seals' }), inapplicable),
  fadvise: fileCall('file_fadvise', { offset: 'offset', len: 'length', advice: 'advice' }),
  ioctl: notOfOthers(fileCall('file_ioctl', { nr: 'request' })),
  sendfile: notOfOthers(fileCall('file_sendfile', { offset: 'offset', len: 'length' })),
  read: notOfOthers(fileCall('file_read', { len: 'length' })),
  write: notOfOthers(fileCall('file_write', { len: 'length' }), inapplicable),
  pread: notOfOthers(fileCall('file_pread', { len: 'length', offset: 'offset' })),
  pwrite: notOfOthers(fileCall('file_pwrite', { len: 'length', offset: 'offset' }), inapplicable),
  lseek: notOfOthers(fileCall('file_lseek', { offset: 'offset', whence: 'whence' }), harmless, DESCRIPTOR_MEMFD),
};
