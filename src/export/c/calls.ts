// System calls of a scenario as calls of the program's functions.

import type { Call } from '../../memory/calls.ts';
import { flagNames, sugarOf } from '../../scenario/sugar.ts';
import type { CallOp, U64 } from '../../scenario/types.ts';
import { bits, constant, PAGE, symbol } from './values.ts';

/** How a call is written, of its arguments by name; what of the machine it needs. */
interface Form { readonly text: (args: Readonly<Record<string, string>>) => string; readonly needs?: 'vcpus' | 'attributes' }

const FORMS: Readonly<Record<string, Form>> = {
  create_gmem: { text: ({ vm, fd, size, flags }) => `call_create_gmem(${vm}, ${fd}, ${size}, ${flags})` },
  set_region: { text: ({ vm, slot, flags, gpa, size, hva, fd, offset }) => `call_set_region(${vm}, ${slot}, ${flags}, ${gpa}, ${size}, ${hva}, ${fd}, ${offset})` },
  set_attributes: { needs: 'attributes', text: ({ vm, gpa, size, attributes, flags }) => `call_set_attributes(${vm}, ${gpa}, ${size}, ${attributes}, ${flags})` },
  fallocate: { text: ({ fd, mode, offset, length }) => `call_fallocate(${fd}, ${mode}, ${offset}, ${length})` },
  close: { text: ({ fd }) => `close_one(&${fd})` },
  dup: { text: ({ fd, newFd }) => `call_dup(${fd}, ${newFd})` },
  close_vm: { text: ({ vm }) => `close_one(&vms[${vm}])` },
  close_vcpu: { needs: 'vcpus', text: ({ vcpu }) => `close_one(&vcpus[${vcpu}].fd)` },
  munmap: { text: ({ hva, size }) => `munmap(HOST(${hva}), ${size})` },
  madvise_dontneed: { text: ({ hva, size }) => `call_madvise(${hva}, ${size}, MADV_DONTNEED)` },
  madvise_hwpoison: { text: ({ hva }) => `call_madvise(${hva}, PAGE, MADV_HWPOISON)` },
  madvise: { text: ({ hva, size, advice }) => `call_madvise(${hva}, ${size}, ${advice})` },
  mprotect: { text: ({ hva, size, prot }) => `mprotect(HOST(${hva}), ${size}, ${prot})` },
  mlock: { text: ({ hva, size }) => `mlock(HOST(${hva}), ${size})` },
  msync: { text: ({ hva, size, flags }) => `msync(HOST(${hva}), ${size}, ${flags})` },
  mincore: { text: ({ hva, size }) => `call_mincore(${hva}, ${size})` },
  anon: { text: ({ region, length }) => `call_anon(${region}, ${length})` },
  mmap: { text: ({ region, fd, prot, flags, length, offset }) => `call_mmap(${region}, ${fd}, ${prot}, ${flags}, ${length}, ${offset})` },
  file_read: { text: ({ fd, length }) => `call_file_read(${fd}, ${length})` },
  file_write: { text: ({ fd, length }) => `call_file_write(${fd}, ${length})` },
  file_pread: { text: ({ fd, length, offset }) => `call_file_pread(${fd}, ${length}, ${offset})` },
  file_pwrite: { text: ({ fd, length, offset }) => `call_file_pwrite(${fd}, ${length}, ${offset})` },
  file_lseek: { text: ({ fd, offset, whence }) => `lseek(${fd}, (off_t)${offset}, ${whence})` },
  file_truncate: { text: ({ fd, length }) => `ftruncate(${fd}, (off_t)${length})` },
  file_mmap: { text: ({ fd, length, offset }) => `call_file_mmap(${fd}, ${length}, ${offset})` },
  file_fsync: { text: ({ fd }) => `fsync(${fd})` },
  file_chmod: { text: ({ fd }) => `fchmod(${fd}, 0600)` },
  file_reopen: { text: ({ fd }) => `call_file_reopen(${fd})` },
  file_ioctl: { text: ({ fd }) => `ioctl(${fd}, FIGETBSZ, &(int){ 0 })` },
  prefault: { needs: 'vcpus', text: ({ vcpu, gpa, size, flags }) => `ioctl(vcpus[${vcpu}].fd, X_PREFAULT, &(struct x_prefault){ .gpa = ${gpa}, .size = ${size}, .flags = ${flags} })` },
};

/** Whether the program can make this call. */
export const isKnown = (call: string): boolean => Object.hasOwn(FORMS, call);

/** Number of a VM or vCPU that is given as one, or by its name. */
export const numbered = (value: unknown): number => (typeof value === 'number' ? value : Number(/\d+$/.exec(String(value))?.[0] ?? 0));

function valueOf(argument: Call['arguments'][number], call: Call, op: CallOp): bigint | undefined {
  const given = op[argument.name];
  if (Array.isArray(given)) {
    const names = flagNames(call, argument)!;
    return (given as readonly string[]).reduce((sum, one) => sum | BigInt(names[one]!), 0n);
  }
  return given === undefined ? undefined : bits(given as U64);
}

/** An argument in C. */
function argument(one: Call['arguments'][number], call: Call, op: CallOp): string {
  const { name, type, default: usual } = one;
  const given = op[name];
  switch (type) {
    case 'vm': case 'vcpu': return String(numbered(given ?? 0));
    case 'newFd': return symbol('FD', String(given));
    case 'fd': return typeof given === 'string' ? `fds[${symbol('FD', given)}]` : '-1';
    case 'region': return symbol('MEMORY', String(given));
    default: {
      const sugar = sugarOf(call).filter(({ stands }) => stands === name);
      const pages = sugar.find(({ kind, name: short }) => kind === 'pages' && op[short] !== undefined);
      const offset = pages === undefined ? undefined : bits(op[pages.name] as U64) * PAGE;
      const region = sugar.find(({ kind, name: short }) => kind === 'region' && op[short] !== undefined);
      if (region !== undefined) return `hva(${symbol('MEMORY', op[region.name] as string)}, ${constant(BigInt.asUintN(64, offset ?? 0n))})`;
      const state = sugar.find(({ kind, name: short }) => kind === 'state' && op[short] !== undefined);
      const stated = state?.states?.[op[state.name] as 'private' | 'shared'];
      return constant(BigInt.asUintN(64, valueOf(one, call, op) ?? offset ?? stated ?? BigInt(usual ?? 0)));
    }
  }
}

/** The expression that makes a call, and what it needs of the machine; nothing for a call that the program does not know. */
export function callText(call: Call, op: CallOp): { readonly text: string; readonly needs: Form['needs'] } | undefined {
  const form = FORMS[call.name];
  if (form === undefined) return undefined;
  return { text: form.text(Object.fromEntries(call.arguments.map((one) => [one.name, argument(one, call, op)]))), needs: form.needs };
}
