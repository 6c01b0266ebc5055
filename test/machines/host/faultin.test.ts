// Shared guest memory: what a fault finds behind a memslot's host address, and what a thread of the VMM sees of it.

import { expect, it } from 'vitest';
import { call, hostRead, hostWrite, notify, read, slot, write } from '../../../src/scenario/builder.ts';
import { SIGBUS, BUS_MCEERR_AR, SIGSEGV } from '../../../src/memory/layouts/host.ts';
import { EXIT_INTR, EXIT_MMIO } from '../../../src/memory/layouts/vcpu.ts';
import { EFAULT, EINTR } from '../../../src/steps/errno.ts';
import { Drive, type Given } from '../../support/drive.ts';

const vcpu = ['vcpu0', 'cpu0'];
const given = (more: Partial<Given> = {}): Given => ({
  memory: [{ name: 'ram', pages: 2 }], vms: [{ vcpus: [{ program: [write(0, 7)] }] }], setup: [slot(0, 0, 2, { memory: 'ram' })], ...more,
});

it('guest and host see the same page', () => {
  const drive = new Drive(given({
    vms: [{ vcpus: [{ program: [{ op: 'await', event: 'written' }, read(0), write(0, 8), notify('answered')] }] }],
    threads: [{ name: 'main', program: [hostWrite('ram', 0, 5), notify('written'), { op: 'await', event: 'answered' }, hostRead('ram', 0, { value: 8 })] }],
  }));
  drive.until(['main', 'vcpu0', 'cpu0'], 'vmm.hostAccess');
  expect(drive.settle('main', 'cpu0', 'vcpu0', 'irq0')).toEqual([]);
  const { pfn } = drive.objects.hpte(0);
  expect(drive.objects.tlb(0, 0).pfn).toBe(pfn);
  expect(drive.objects.page(pfn).value).toBe(8);
  expect({ ...drive.objects.host_content(0) }).toMatchObject({});
  expect([drive.objects.host_content(0).tag, drive.objects.host_content(0).value]).toEqual([2, 8]);
  expect([drive.objects.folio_ref(pfn).refcount, drive.objects.folio(pfn).anon]).toEqual([1, 1]);
});

it('a read that finds another value than expected is unexpected', () => {
  const drive = new Drive(given({ vms: [{}], threads: [{ name: 'main', program: [hostRead('ram', 0, { value: 3 }), hostRead('ram', 0, { value: 0 }), hostRead('ram', 0)] }] }));
  const seen: string[] = [];
  while (!drive.world.ended(drive.actor('main'))) {
    const access = drive.at('main') === 'vmm.hostAccess';
    const outcome = drive.step('main');
    if (access && outcome !== 'fault') seen.push(outcome);
  }
  expect(seen).toEqual(['unexpected', 'ok', 'ok']);
});

it('two faults on one page: the second to come finds the first one\'s and frees its own', () => {
  const drive = new Drive(given({ threads: [{ name: 'main', program: [hostWrite('ram', 0, 5)] }] }));
  drive.until(vcpu, 'hostFault.install');
  drive.until('main', 'hostFault.install');
  expect([drive.step('vcpu0'), drive.step('main')]).toEqual(['ok', 'exists']);
  expect(drive.settle()).toEqual([]);
  const { used } = drive.objects.buddy();
  expect([1, 2, 3, 4].filter((pfn) => used.has(pfn))).toEqual([drive.objects.hpte(0).pfn]);
});

it.each([
  ['no memslot', { setup: [] }, 0, EXIT_MMIO],
  ['a memslot without host memory', { setup: [slot(0, 0, 2)] }, EFAULT, 0],
  ['a memslot beyond the mapping', { setup: [slot(0, 0, 2, { memory: 'ram', memoryPage: 2 })] }, EFAULT, 0],
  ['a read-only memslot, written', { setup: [slot(0, 0, 2, { memory: 'ram', flags: ['readonly'] })] }, 0, EXIT_MMIO],
])('an access to %s', (_what, more, errno, reason) => {
  const drive = new Drive(given(more as Partial<Given>));
  drive.until(vcpu, 'vcpu.reply');
  expect([drive.frame('vcpu0')['errno'], drive.objects.kvm_run(0).exit_reason]).toEqual([errno, reason]);
});

it('a read-only memslot is read through a leaf that does not allow writes', () => {
  const drive = new Drive(given({ vms: [{ vcpus: [{ program: [read(0), write(0, 1)] }] }], setup: [slot(0, 0, 2, { memory: 'ram', flags: ['readonly'] })] }));
  drive.settle();
  expect([drive.objects.spte(0, 0, 0).pfn, drive.objects.spte(0, 0, 0).writable]).toEqual([drive.objects.hpte(0).pfn, 0]);
  expect(drive.objects.kvm_run(0).exit_reason).toBe(EXIT_MMIO);
});

it('no memory for a page: a bare EFAULT', () => {
  const drive = new Drive(given());
  drive.objects.fault_injection().allocation = 1;
  drive.until(vcpu, 'vcpu.reply');
  expect([drive.frame('vcpu0')['errno'], drive.objects.mmap_lock().readers.any()]).toEqual([EFAULT, false]);
});

it('a page lost to a memory failure: SIGBUS for the thread that runs the vCPU, and EINTR', () => {
  const drive = new Drive(given());
  drive.objects.hpte(0).hwpoison = 1;
  drive.until(['cpu0', 'vcpu0'], 'vmm.handleRunSignal');
  const { number, code, hva } = drive.objects.signal(0);
  expect([number, code, hva, drive.ret('cpu0'), drive.objects.kvm_run(0).exit_reason]).toEqual([SIGBUS, BUS_MCEERR_AR, 1, EINTR, EXIT_INTR]);
  expect(drive.settle()).toEqual([]);
  expect(drive.objects.signal(0).number).toBe(0);
});

it.each([['the mapping is gone', SIGSEGV], ['the page is lost', SIGBUS]])('a host access when %s ends in a signal', (what, signal) => {
  const drive = new Drive(given({ vms: [{}], threads: [{ name: 'main', program: [
    ...(signal === SIGSEGV ? [call('munmap', { hva: '0x7f0000000000', size: 4096 })] : []), hostWrite('ram', 0, 1), hostWrite('ram', 1, 2)] }] }));
  if (signal === SIGBUS) drive.objects.hpte(0).hwpoison = 1;
  drive.until(['main', 'main.host'].filter((name) => name === 'main' || signal === SIGSEGV), 'vmm.handleSignal');
  expect([drive.objects.signal(0).number, drive.objects.signal(0).hva], what).toEqual([signal, 1]);
  expect(drive.settle()).toEqual([]);
  expect(drive.objects.page(drive.objects.hpte(1).pfn).value).toBe(2);
});
