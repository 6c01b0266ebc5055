// The operations of recorded cases and what their arguments are: what a case may say, whoever carries it out.

/** What an argument is: a number (beyond 2^53 a text `0x…`), the handle of a file or a negative number, of a mapping or a vCPU, an
 *  address (a number, `m0` or `m0+4096`), a name for what is made, a word, a list of numbers, a step of another process. */
export type ArgumentForm = 'number' | 'file' | 'map' | 'vcpu' | 'address' | 'as' | 'word' | 'numbers' | 'bool' | 'step';

/** Arguments of an operation by name, in the order in which it needs them. */
export interface OperationForm {
  readonly needs: Readonly<Record<string, ArgumentForm>>;
  readonly may: Readonly<Record<string, ArgumentForm>>;
}

const op = (needs: OperationForm['needs'], may: OperationForm['may'] = {}): OperationForm => ({ needs, may });

const REGION: OperationForm['needs'] = { vm: 'file', slot: 'number', flags: 'number', gpa: 'number', size: 'number', hva: 'address' };
const BYTES: OperationForm['needs'] = { fd: 'file', len: 'number' };
const RANGE = op({ map: 'map', len: 'number' }, { off: 'number' });
const WRITE = op({ map: 'map', len: 'number' }, { off: 'number', value: 'number' });
const ACCESS: OperationForm['needs'] = { vcpu: 'vcpu', gpa: 'number', kind: 'word', len: 'number' };

/** All operations that recordings have. */
export const operations: Readonly<Record<string, OperationForm>> = {
  create_vm: op({ type: 'number', as: 'as' }),
  check_cap: op({ fd: 'file', cap: 'number' }),
  enable_cap: op({ vm: 'file', cap: 'word', args: 'numbers' }),
  create_gmem: op({ vm: 'file', size: 'number', flags: 'number', as: 'as' }, { reserved: 'number', badptr: 'number' }),
  set_region2: op({ ...REGION, fd: 'file', offset: 'number' }, { pad: 'number', badptr: 'number' }),
  set_region: op(REGION, { badptr: 'number' }),
  set_attr: op({ vm: 'file', gpa: 'number', size: 'number', attrs: 'number', flags: 'number' }),
  get_dirty_log: op({ vm: 'file', slot: 'number' }),

  fallocate: op({ fd: 'file', mode: 'number', offset: 'number', len: 'number' }),
  ftruncate: op(BYTES),
  fstat: op({ fd: 'file' }),
  fstatfs: op({ fd: 'file' }),
  fsync: op({ fd: 'file' }),
  fchmod: op({ fd: 'file', mode: 'number' }),
  fchown: op({ fd: 'file' }),
  getfl: op({ fd: 'file' }),
  getfd: op({ fd: 'file' }),
  add_seals: op({ fd: 'file', seals: 'number' }),
  fadvise: op({ fd: 'file', offset: 'number', len: 'number', advice: 'number' }),
  ioctl: op({ fd: 'file', nr: 'number' }),
  sendfile: op({ fd: 'file', offset: 'number', len: 'number' }),
  read: op(BYTES),
  write: op(BYTES),
  pread: op({ ...BYTES, offset: 'number' }),
  pwrite: op({ ...BYTES, offset: 'number' }),
  lseek: op({ fd: 'file', offset: 'number', whence: 'number' }),
  dup: op({ fd: 'file', as: 'as' }, { flags: 'number' }),
  reopen: op({ fd: 'file', flags: 'number', as: 'as' }),
  close: op({ fd: 'file' }),
  make_file: op({ kind: 'word', as: 'as' }, { size: 'number' }),
  same_inode: op({ a: 'file', b: 'file' }),

  mmap: op({ fd: 'file', len: 'number', prot: 'number', flags: 'number', offset: 'number', as: 'as' }, { align: 'number' }),
  anon: op({ len: 'number', as: 'as' }),
  munmap: RANGE,
  mprotect: op({ map: 'map', len: 'number', prot: 'number' }, { off: 'number' }),
  mlock: RANGE,
  msync: op({ map: 'map', len: 'number' }, { off: 'number', flags: 'number' }),
  madvise: op({ map: 'map', len: 'number', advice: 'number' }, { off: 'number' }),
  mincore: RANGE,
  host_read: WRITE,
  host_write: op({ ...WRITE.needs, value: 'number' }, { off: 'number' }),
  fork_read: WRITE,
  fork_write: op({ ...WRITE.needs, value: 'number' }, { off: 'number' }),
  copy_from: RANGE,
  copy_to: RANGE,
  vmsplice: RANGE,
  pvm_read: RANGE,
  child: op({ step: 'step' }),
  sleep: op({ ms: 'number' }),

  create_vcpu: op({ vm: 'file', as: 'as' }, { id: 'number' }),
  run: op({ vcpu: 'vcpu' }, { hypercall_ret: 'number' }),
  guest_access: op(ACCESS, { value: 'number', access: 'word' }),
  hypercall_map_gpa: op({ vcpu: 'vcpu', gpa: 'number', npages: 'number', attrs: 'number' }),
  hypercall: op({ vcpu: 'vcpu', nr: 'number', args: 'numbers' }),
  prefault: op({ vcpu: 'vcpu', gpa: 'number', size: 'number', flags: 'number' }),
  spin_start: op(ACCESS, { value: 'number', access: 'word' }),
  spin_end: op({ vcpu: 'vcpu' }),
  memory_failure: op({ method: 'word' }, { map: 'map', off: 'number', len: 'number', fd: 'file', offset: 'number', kill: 'word', vm: 'file', gpa: 'number' }),
  unpoison: op({ fd: 'file', offset: 'number', method: 'word' }),
};

/** Words that an argument may be, where these are all. */
export const words: Readonly<Record<string, readonly string[]>> = {
  'make_file.kind': ['memfd', 'eventfd', 'pipe', 'devzero', 'devnull'],
  'guest_access.kind': ['read', 'write', 'exec'],
  'spin_start.kind': ['read', 'write'],
  'enable_cap.cap': ['EXIT_HYPERCALL'],
};

/** Is this the handle of a file, a mapping or a vCPU? */
export const isHandle = (text: string): boolean => /^[a-z][a-z0-9]{0,14}$/.test(text);
