// The operations of recordings and facts: which arguments each has, of which kind. A row is one operation.

/** What an argument is. `?` behind a kind: it may be left out. */
export type Kind =
  /** A 64-bit number. */ | 'number'
  /** A short text: a method, a kind of access, a capability. */ | 'word'
  | 'flag' | 'numbers'
  /** A handle that was made before: of a VM, of a vCPU, of a mapping, of anything with a descriptor (or a number). */ | 'vm' | 'vcpu' | 'map' | 'fd' | 'pin'
  /** A number, or an address as `mapping` or `mapping+bytes`. */ | 'hva'
  /** One step, and a list of steps, within the step. */ | 'step' | 'steps';

/** What a handle stands for. */
export type Made = 'vm' | 'vcpu' | 'map' | 'fd' | 'pin';

export interface Operation {
  readonly args: Readonly<Record<string, Kind | `${Kind}?`>>;
  /** It makes a handle of this kind, under the name in `as`. */
  readonly makes?: Made;
}

const at = { map: 'map', off: 'number?', len: 'number' } as const;
const region = { vm: 'fd', slot: 'word', flags: 'number', gpa: 'number', size: 'number', hva: 'hva', badptr: 'flag?' } as const;
const guest = { vcpu: 'vcpu', gpa: 'number', kind: 'word', len: 'number', value: 'number?', access: 'word?' } as const;

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  create_vm: { args: { type: 'word' }, makes: 'vm' },
  check_cap: { args: { fd: 'fd', cap: 'word' } },
  enable_cap: { args: { vm: 'fd', cap: 'word', args: 'numbers' } },
  create_gmem: { args: { vm: 'fd', size: 'number', flags: 'word', reserved: 'flag?', badptr: 'flag?' }, makes: 'fd' },
  link_gmem: { args: { vm: 'fd', fd: 'fd', flags: 'number' }, makes: 'fd' },
  set_region2: { args: { ...region, fd: 'fd', offset: 'number', pad: 'flag?' } },
  set_region: { args: region },
  set_attr: { args: { vm: 'fd', gpa: 'number', size: 'number', attrs: 'number', flags: 'number' } },
  set_gmem_attr: { args: { fd: 'fd', offset: 'number', size: 'number', attrs: 'word', flags: 'word' } },
  get_dirty_log: { args: { vm: 'fd', slot: 'word' } },
  fallocate: { args: { fd: 'fd', mode: 'number', offset: 'number', len: 'number' } },
  ftruncate: { args: { fd: 'fd', len: 'number' } },
  fstat: { args: { fd: 'fd' } },
  fstatfs: { args: { fd: 'fd' } },
  fsync: { args: { fd: 'fd' } },
  fchmod: { args: { fd: 'fd', mode: 'number' } },
  fchown: { args: { fd: 'fd' } },
  getfl: { args: { fd: 'fd' } },
  getfd: { args: { fd: 'fd' } },
  add_seals: { args: { fd: 'fd', seals: 'number' } },
  fadvise: { args: { fd: 'fd', offset: 'number', len: 'number', advice: 'number' } },
  ioctl: { args: { fd: 'fd', nr: 'number' } },
  sendfile: { args: { fd: 'fd', offset: 'number', len: 'number' } },
  read: { args: { fd: 'fd', len: 'number' } },
  write: { args: { fd: 'fd', len: 'number' } },
  pread: { args: { fd: 'fd', len: 'number', offset: 'number' } },
  pwrite: { args: { fd: 'fd', len: 'number', offset: 'number' } },
  lseek: { args: { fd: 'fd', offset: 'number', whence: 'number' } },
  dup: { args: { fd: 'fd' }, makes: 'fd' },
  reopen: { args: { fd: 'fd', flags: 'number' }, makes: 'fd' },
  close: { args: { fd: 'fd' } },
  make_file: { args: { kind: 'word', size: 'number?' }, makes: 'fd' },
  same_inode: { args: { a: 'fd', b: 'fd' } },
  mmap: { args: { fd: 'fd', prot: 'number', flags: 'number', len: 'number', offset: 'number', align: 'number?' }, makes: 'map' },
  anon: { args: { len: 'number' }, makes: 'map' },
  munmap: { args: at },
  mprotect: { args: { ...at, prot: 'number' } },
  mlock: { args: at },
  msync: { args: at },
  madvise: { args: { ...at, advice: 'number' } },
  mincore: { args: at },
  host_read: { args: at },
  host_write: { args: { ...at, value: 'number' } },
  fork_read: { args: { ...at, value: 'number?' } },
  fork_write: { args: { ...at, value: 'number' } },
  copy_from: { args: at },
  copy_to: { args: at },
  vmsplice: { args: at },
  pvm_read: { args: at },
  child: { args: { step: 'step' } },
  create_vcpu: { args: { vm: 'fd', id: 'number?' }, makes: 'vcpu' },
  run: { args: { vcpu: 'vcpu', hypercall_ret: 'number?' } },
  guest_access: { args: guest },
  hypercall_map_gpa: { args: { vcpu: 'vcpu', gpa: 'number', npages: 'number', attrs: 'number?', shared: 'flag?', do_fallocate: 'flag?' } },
  hypercall: { args: { vcpu: 'vcpu', nr: 'number', args: 'numbers' } },
  prefault: { args: { vcpu: 'vcpu', gpa: 'number', size: 'number', flags: 'number' } },
  memory_failure: { args: { map: 'map?', off: 'number?', fd: 'fd?', offset: 'number?', len: 'number?', method: 'word', kill: 'word?', vm: 'fd?', gpa: 'number?' } },
  unpoison: { args: { fd: 'fd', offset: 'number', method: 'word' } },
  pin: { args: at, makes: 'pin' },
  unpin: { args: { pin: 'pin' } },
  mbind: { args: { ...at, policy: 'word', nodes: 'numbers' } },
  get_mempolicy: { args: { map: 'map', off: 'number' } },
  page_node: { args: { map: 'map', off: 'number' } },
  hugetlb_stats: { args: { size: 'number' } },
  concurrent: { args: { a: 'steps', b: 'steps' } },
  spin_start: { args: guest },
  spin_end: { args: { vcpu: 'vcpu' } },
  sleep: { args: { ms: 'number' } },
};
