// kvm_gmem_release in its stages: live, dying while somebody still works with the file, released; what others see in between.

import { describe, expect, it } from 'vitest';
import { allocate, call, close, createGmem, punch, read, setAttributes, slot, write } from '../../src/scenario/builder.ts';
import { Drive, type Given } from '../support/drive.ts';

const scenario: Given = {
  vms: [{ vcpus: [{ program: [write(0, 7), read(0)] }] }],
  setup: [createGmem('A', 2), slot(0, 0, 1, { fd: 'A' }), slot(1, 4, 1, { fd: 'A', filePage: 1 }), setAttributes(0, 1, 'private'), allocate('A', 1, 1)],
  threads: [{ name: 'main', program: [close('A')] }, { name: 'other', program: [punch('A', 0, 2)] }],
};
const [LIVE, DYING, RELEASED] = [1, 2, 3];

describe('a file', () => {
  it('lives while a fault has a reference, though its descriptor is closed; the fault that drops it makes it dying', () => {
    const drive = new Drive(scenario);
    drive.until(['vcpu0', 'cpu0'], 'file.put');
    drive.settle('main', 'main.gmem', 'gmem:1');
    expect(drive.objects.file(1)).toMatchObject({ state: LIVE, f_count: 1 });
    expect(drive.objects.fd(0).file).toBe(0);
    drive.step('vcpu0');
    expect(drive.objects.file(1)).toMatchObject({ state: DYING, f_count: 0 });
    expect(drive.settle()).toEqual([]);
    expect(drive.objects.file(1).state).toBe(RELEASED);
    expect(drive.objects.spte(0, 0, 0).pfn).toBe(0);
  });

  it('lives while a system call has a reference', () => {
    const drive = new Drive(scenario);
    drive.until(['other.gmem', 'other'], 'fallocate.validate');
    drive.settle('main', 'main.gmem', 'gmem:1');
    expect(drive.objects.file(1)).toMatchObject({ state: LIVE, f_count: 1 });
    expect(drive.settle()).toEqual([]);
    expect(drive.objects.file(1).state).toBe(RELEASED);
  });

  it('is found by no memslot once its pointers are null, before anything is zapped', () => {
    const drive = new Drive(scenario);
    drive.settle('cpu0', 'vcpu0');
    expect(drive.objects.spte(0, 0, 0).pfn).not.toBe(0);
    drive.until(['gmem:1', 'main', 'main.gmem'], 'rcu.synchronize');
    expect([1, 2].map((one) => drive.objects.slot_gmem(one).file)).toEqual([0, 0]);
    expect([0, 1].map((index) => drive.objects.binding(1, index).slot)).toEqual([1, 2]);
    expect(drive.objects.spte(0, 0, 0).pfn).not.toBe(0);
    expect(drive.objects.slots_lock(0).owner).toBe(drive.actor('gmem:1'));
    expect(drive.objects.invalidate_lock(1).writer).toBe(drive.actor('gmem:1'));
  });

  it('is unlinked when its mappings are gone; its pages go with the inode, behind all locks and the VM reference', () => {
    const drive = new Drive(scenario);
    drive.settle('cpu0', 'vcpu0');
    drive.until(['gmem:1', 'main', 'main.gmem', 'irq0'], 'release.unlink');
    expect(drive.objects.spte(0, 0, 0).pfn).toBe(0);
    expect(drive.objects.kvm_mmu(0).mmu_invalidate_in_progress).toBe(0);
    expect([0, 1].every((index) => drive.objects.cache(1, index).pfn !== 0)).toBe(true);
    drive.until('gmem:1', 'release.putKvm');
    expect(drive.objects.slots_lock(0).owner).toBe(0);
    expect(drive.objects.invalidate_lock(1).writer).toBe(0);
    expect(drive.objects.kvm(0).users_count).toBe(3);
    drive.until('gmem:1', 'inode.put');
    expect(drive.objects.kvm(0).users_count).toBe(2);
    expect([0, 1].every((index) => drive.objects.cache(1, index).pfn !== 0)).toBe(true);
    drive.until('gmem:1', 'release.freeFile');
    expect(drive.objects.buddy().used.any()).toBe(false);
    expect(drive.objects.file(1).state).toBe(DYING);
    drive.step('gmem:1');
    expect(drive.objects.file(1).state).toBe(RELEASED);
  });

  it('keeps who closed it last in close(2) until then', () => {
    const drive = new Drive(scenario);
    drive.until(['main.gmem', 'main'], 'fd.awaitRelease');
    expect(drive.step('main.gmem')).toBe('blocked');
    drive.settle('gmem:1');
    expect(drive.step('main.gmem')).toBe('ok');
  });

  it('is not there any more for a fault that looked its memslot up before: EFAULT and MEMORY_FAULT', () => {
    const drive = new Drive(scenario);
    drive.until(['vcpu0', 'cpu0'], 'gmem.tryGetFile');
    drive.until(['main.gmem', 'main'], 'fd.awaitRelease');
    expect(drive.step('vcpu0')).toBe('gone');
    drive.settle();
    expect(drive.objects.kvm_run(0)).toMatchObject({ exit_reason: 1, flags: 8 });
  });

  it('waits for a memslot change, which holds slots_lock', () => {
    const drive = new Drive({ ...scenario, threads: [...scenario.threads!, { name: 'changer', program: [call('set_region', { slot: 2, page: 8, pages: 1, flags: [] })] }] });
    drive.until(['changer.vm', 'changer'], 'slots.archLock');
    drive.settle('main', 'main.gmem', 'gmem:1');
    expect(drive.where('gmem:1')).toBe('release.lockSlots');
    expect(drive.settle()).toEqual([]);
  });
});
