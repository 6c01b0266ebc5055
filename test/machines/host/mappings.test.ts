// Mappings of the VMM's process as every kernel has them. What is expected was recorded on real kernels.

import { describe, expect, it } from 'vitest';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { Process } from '../../support/process.ts';

const make = (): Process => {
  const process = new Process(v6_8, { regions: { a0: 9, a1: 2 }, files: 1 });
  expect(process.call('anon', { region: 'a0', length: 8 * 4096 })).toEqual({ errno: 'ok', ret: process.address('a0') });
  return process;
};

describe('anonymous memory', () => {
  it('is zero, holds what is written, and ends where it ends', () => {
    const process = make();
    expect([process.read('a0'), process.write('a0', 7), process.read('a0'), process.read('a0', 1)]).toEqual([0, 'ok', 7, 0]);
    expect([process.read('a0+8'), process.write('a0+8', 1), process.read('a1')]).toEqual(['SIGSEGV SEGV_MAPERR a0+8', 'SIGSEGV SEGV_MAPERR a0+8', 'SIGSEGV SEGV_MAPERR a1+0']);
  });

  it('is unmapped in part, and gone then', () => {
    const process = make();
    process.write('a0+1', 7);
    expect(process.call('munmap', { hva: 'a0+1', size: 4096 }).errno).toBe('ok');
    expect([process.read('a0+1'), process.read('a0+2')]).toEqual(['SIGSEGV SEGV_MAPERR a0+1', 0]);
  });

  it('of no length is refused, and where there is no room', () => {
    const process = new Process(v6_8, { regions: { a0: 2 }, files: 1 });
    expect(process.call('anon', { region: 'a0', length: 0 }).errno).toBe('EINVAL');
    expect(process.call('anon', { region: 'a0', length: 3 * 4096 }).errno).toBe('ENOMEM');
  });
});

describe('mprotect', () => {
  it('takes writing away and gives it back', () => {
    const process = make();
    process.write('a0', 7);
    expect(process.call('mprotect', { hva: 'a0', size: 4096, prot: 1 }).errno).toBe('ok');
    expect([process.write('a0', 1), process.read('a0'), process.write('a0+1', 1)]).toEqual(['SIGSEGV SEGV_ACCERR a0+0', 7, 'ok']);
    expect(process.call('mprotect', { hva: 'a0', size: 4096, prot: 0 }).errno).toBe('ok');
    expect(process.read('a0')).toBe('SIGSEGV SEGV_ACCERR a0+0');
    expect(process.call('mprotect', { hva: 'a0', size: 4096, prot: 3 }).errno).toBe('ok');
    expect([process.read('a0'), process.write('a0', 9), process.read('a0')]).toEqual([7, 'ok', 9]);
  });

  it.each([
    ['an address that is no whole page', { hva: 0x7f0000000001n, size: 4096, prot: 1 }, 'EINVAL'],
    ['no length', { hva: 'a0', size: 0, prot: 1 }, 'ok'],
    ['an address behind the mapping', { hva: 'a0+8', size: 4096, prot: 1 }, 'ENOMEM'],
    ['a range that goes on behind it', { hva: 'a0+7', size: 8192, prot: 1 }, 'ENOMEM'],
    ['a protection that there is not', { hva: 'a0', size: 4096, prot: 64 }, 'EINVAL'],
  ])('with %s', (_what, given, errno) => {
    expect(make().call('mprotect', given).errno).toBe(errno);
  });
});

describe('madvise', () => {
  it.each([0, 1, 2, 3, 8, 10, 11, 15, 17, 18, 19, 22, 23])('%i is taken and keeps what is there', (advice) => {
    const process = make();
    process.write('a0', 7);
    expect(process.call('madvise', { hva: 'a0', size: 8192, advice }).errno).toBe('ok');
    expect(process.read('a0')).toBe(7);
  });

  it.each([
    ['an advice that there is not', { hva: 'a0', size: 4096, advice: 99 }, 'EINVAL'],
    ['one that only files take', { hva: 'a0', size: 4096, advice: 9 }, 'EINVAL'],
    ['an address that is no whole page', { hva: 0x7f0000000001n, size: 4096, advice: 4 }, 'EINVAL'],
    ['no length', { hva: 'a0', size: 0, advice: 4 }, 'ok'],
    ['a hole in the range', { hva: 'a0+7', size: 8192, advice: 4 }, 'ENOMEM'],
    ['a hole, when pages are wanted', { hva: 'a0+7', size: 8192, advice: 22 }, 'ENOMEM'],
  ])('with %s', (_what, given, errno) => {
    expect(make().call('madvise', given).errno).toBe(errno);
  });

  it('4 discards what is there', () => {
    const process = make();
    process.write('a0', 7);
    process.write('a0+1', 8);
    expect(process.call('madvise', { hva: 'a0', size: 4096, advice: 4 }).errno).toBe('ok');
    expect([process.read('a0'), process.read('a0+1')]).toEqual([0, 8]);
  });

  it('22 and 23 ask the mapping for its permission', () => {
    const process = make();
    process.call('mprotect', { hva: 'a0', size: 4096, prot: 1 });
    process.call('mprotect', { hva: 'a0+1', size: 4096, prot: 0 });
    const populate = (page: string, advice: number): unknown => process.call('madvise', { hva: page, size: 4096, advice }).errno;
    expect([populate('a0', 22), populate('a0', 23), populate('a0+1', 22), populate('a0+2', 23)]).toEqual(['ok', 'EINVAL', 'EINVAL', 'ok']);
  });

  it('100 takes the page: SIGBUS at once and at every access, until the page is discarded', () => {
    const process = make();
    process.write('a0', 7);
    expect([process.call('madvise', { hva: 'a0', size: 4096, advice: 100 }).errno, process.signal()]).toEqual(['ok', 'SIGBUS BUS_MCEERR_AR a0+0']);
    expect([process.read('a0'), process.write('a0', 1), process.read('a0+1')]).toEqual(['SIGBUS BUS_MCEERR_AR a0+0', 'SIGBUS BUS_MCEERR_AR a0+0', 0]);
    expect(process.call('madvise', { hva: 'a0', size: 4096, advice: 4 }).errno).toBe('ok');
    expect(process.read('a0')).toBe(0);
  });

  it('101 moves the page to another frame', () => {
    const process = make();
    process.write('a0', 7);
    const before = process.objects.hpte(process.hva('a0')).pfn;
    expect(process.call('madvise', { hva: 'a0', size: 4096, advice: 101 }).errno).toBe('ok');
    expect(process.read('a0')).toBe(7);
    expect([process.objects.hpte(process.hva('a0')).pfn === before, process.objects.folio(before).hwpoison, process.objects.folio_ref(before).refcount]).toEqual([false, 1, 0]);
  });
});

describe('mincore', () => {
  it('says which pages are there', () => {
    const process = make();
    process.write('a0+1', 1);
    process.read('a0+3');
    expect(process.call('mincore', { hva: 'a0', size: 8 * 4096 })).toEqual({ errno: 'ok', resident: 0b1010n });
  });

  it.each([
    ['an address that is no whole page', { hva: 0x7f0000000001n, size: 4096 }, 'EINVAL'],
    ['no length', { hva: 'a0', size: 0 }, 'ok'],
    ['an address behind the mapping', { hva: 'a0+8', size: 4096 }, 'ENOMEM'],
  ])('with %s', (_what, given, errno) => {
    expect(make().call('mincore', given).errno).toBe(errno);
  });
});

describe('mlock and msync', () => {
  it('mlock brings pages in, and they cannot be discarded then', () => {
    const process = make();
    expect(process.call('mlock', { hva: 'a0', size: 8192 }).errno).toBe('ok');
    expect(process.call('mincore', { hva: 'a0', size: 8 * 4096 })).toEqual({ errno: 'ok', resident: 0b11n });
    expect(process.call('madvise', { hva: 'a0', size: 8192, advice: 4 }).errno).toBe('EINVAL');
    expect(process.call('mlock', { hva: 'a0+7', size: 8192 }).errno).toBe('ENOMEM');
  });

  it('msync of anonymous memory does nothing', () => {
    const process = make();
    expect(process.call('msync', { hva: 'a0', size: 8192 }).errno).toBe('ok');
    expect(process.call('msync', { hva: 'a0', size: 8192, flags: 8 }).errno).toBe('EINVAL');
    expect(process.call('msync', { hva: 'a0+8', size: 4096 }).errno).toBe('ENOMEM');
  });
});

describe('the kernel itself', () => {
  it('reads and writes memory, as far as it goes', () => {
    const process = make();
    process.write('a0', 66);
    expect(process.call('copy_from', { hva: 'a0', size: 4 })).toEqual({ errno: 'ok', ret: 4n });
    expect(process.call('copy_to', { hva: 'a0+1', size: 4, segFrom: 0, segTo: 1 })).toEqual({ errno: 'ok', ret: 4n });
    expect([process.read('a0+1'), process.read('a0+1', 1)]).toEqual([65, 0]);
    expect(process.call('vmsplice', { hva: 'a0', size: 4 })).toEqual({ errno: 'ok', ret: 4n });
    expect(process.call('pvm_read', { hva: 'a0', size: 16 })).toEqual({ errno: 'ok', ret: 16n, first: 66n });
  });

  it('gets EFAULT, or less than it asked for, where the process would get a signal', () => {
    const process = make();
    const last = process.address('a0+8') - 8n;
    expect(process.call('copy_from', { hva: last, size: 16 }).errno).toBe('EFAULT');
    expect(process.call('pvm_read', { hva: last, size: 16 })).toEqual({ errno: 'ok', ret: 8n, first: 0n });
    expect(process.call('pvm_read', { hva: 'a0+8', size: 16 }).errno).toBe('EFAULT');
    process.call('mprotect', { hva: 'a0', size: 4096, prot: 1 });
    expect(process.call('copy_to', { hva: 'a0', size: 4 }).errno).toBe('EFAULT');
  });
});

describe('a child', () => {
  it('has a copy of anonymous memory', () => {
    const process = make();
    process.write('a0', 7);
    expect([process.read('a0', 0, true), process.write('a0', 9, 0, true), process.read('a0')]).toEqual([7, 'ok', 7]);
    expect([process.read('a0+8', 0, true), process.signal()]).toEqual(['SIGSEGV SEGV_MAPERR a0+8', 'SIGSEGV SEGV_MAPERR a0+8']);
    process.call('mprotect', { hva: 'a0', size: 4096, prot: 1 });
    expect([process.read('a0', 0, true), process.write('a0', 9, 0, true)]).toEqual([7, 'SIGSEGV SEGV_ACCERR a0+0']);
  });

  it('does not have what was not for it, or has it empty', () => {
    const process = make();
    process.write('a0', 7);
    process.write('a0+1', 8);
    process.call('madvise', { hva: 'a0', size: 4096, advice: 10 });
    process.call('madvise', { hva: 'a0+1', size: 4096, advice: 18 });
    expect([process.read('a0', 0, true), process.read('a0+1', 0, true), process.read('a0'), process.read('a0+1')]).toEqual(['SIGSEGV SEGV_MAPERR a0+0', 0, 7, 8]);
    process.call('madvise', { hva: 'a0', size: 4096, advice: 11 });
    expect(process.read('a0', 0, true)).toBe(7);
  });

  it('cannot use the VM, and closes descriptors of its own', () => {
    const process = new Process(v6_8, { files: 1, guest: true });
    expect(process.call('create_gmem', { vm: 0, fd: 0, size: 4096 }).errno).toBe('ok');
    expect([process.call('child_vm_ioctl', { vm: 0 }).errno, process.call('child_vcpu_ioctl', { vcpu: 0 }).errno]).toEqual(['EIO', 'EIO']);
    expect([process.call('child_close', { fd: 0 }).errno, process.objects.fd(0).file]).toEqual(['ok', 1]);
    expect(process.call('fallocate', { fd: 0, mode: 1, offset: 0, length: 4096 }).errno).toBe('ok');
  });
});

describe('mmap of a guest_memfd without an mmap method', () => {
  const file = (): Process => {
    const process = new Process(v6_8, { regions: { m0: 4 }, files: 1 });
    process.call('create_gmem', { vm: 0, fd: 0, size: 4 * 4096 });
    return process;
  };

  it.each([
    ['as it stands', {}, 'ENODEV'],
    ['private', { flags: 2 }, 'ENODEV'],
    ['an offset that is no whole page', { offset: 1 }, 'EINVAL'],
    ['huge pages', { flags: 0x40001 }, 'EINVAL'],
    ['no length', { length: 0 }, 'EINVAL'],
    ['no kind of mapping', { flags: 0 }, 'EINVAL'],
    ['more than there are addresses', { length: 1n << 47n, flags: 0 }, 'ENOMEM'],
    ['an end behind the largest file', { offset: 0x7ffffffffffff000n }, 'EOVERFLOW'],
    ['a flag that is to be known', { flags: 0x80003 }, 'EOPNOTSUPP'],
    ['a closed descriptor', { fd: -1, flags: 0 }, 'EBADF'],
    ['a closed descriptor and a crooked offset', { fd: -1, offset: 1 }, 'EINVAL'],
    ['a VM', { fd: -2 }, 'ENODEV'],
  ])('%s', (_what, given, errno) => {
    const process = file();
    expect(process.call('mmap', { region: 'm0', fd: 0, length: 4 * 4096, ...given }).errno).toBe(errno);
    expect([process.read('m0'), process.objects.file(1).f_count]).toEqual(['SIGSEGV SEGV_MAPERR m0+0', 1]);
  });
});
