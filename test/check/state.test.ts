// Each statement about a state is shown to fail: a healthy world, one word spoilt, the sentence that comes of it.

import { beforeEach, describe, expect, it } from 'vitest';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { Checker } from '../../src/check/checker.ts';
import { checkedWorld } from '../../src/check/checked-world.ts';
import { invariants } from '../../src/check/invariants/index.ts';
import { createGmem, run, setAttributes, slot, write } from '../../src/scenario/builder.ts';
import { Drive } from '../support/drive.ts';
import { invariant, sentenceOf } from '../support/judge.ts';

/** Two VMs. vm0: gfns 0 and 1 private in file A, 4 to 7 on a huge page of the host; its guest has written to all. vm1: file B. */
const scenario = () => new Drive({
  vms: [
    { vcpus: [{ program: [write(0, 7), write(1, 8), write(4, 9)], thread: [run()] }] },
    { vcpus: [{ program: [write(0, 5)], thread: [run()] }] },
  ],
  memory: [{ name: 'ram', pages: 4, huge: true }],
  frames: 16, files: 3,
  setup: [
    createGmem('A', 4, { vm: 0 }), slot(0, 0, 4, { vm: 0, fd: 'A' }), setAttributes(0, 2, 'private', { vm: 0 }), slot(1, 4, 4, { vm: 0, memory: 'ram' }),
    createGmem('B', 2, { vm: 1 }), slot(0, 0, 2, { vm: 1, fd: 'B' }), setAttributes(0, 1, 'private', { vm: 1 }),
  ],
}, v6_8);

let drive: Drive;
beforeEach(() => {
  drive = scenario();
  drive.settle();
});
/** Leaf of a gfn of vm0 in the valid root. */
const leaf = (gfn: number) => drive.objects.spte(0, drive.objects.mmu_root(0).valid, gfn);
const huge = () => drive.objects.spte_huge(0, drive.objects.mmu_root(0).valid, 1);

describe('a healthy world', () => {
  it('has the mappings that the spoilt ones below are about, and breaks nothing', () => {
    expect(new Checker(drive.world, invariants).wholeState()).toBeUndefined();
    expect([leaf(0).pfn, leaf(0).private, leaf(1).private, huge().pfn > 0, huge().private]).toEqual([1, 1, 1, true, 0]);
    expect(drive.objects.page(leaf(0).pfn)).toMatchObject({ tag: 2, writer: 0, value: 7, secret_of: 1 });
    for (const { atQuiescence } of invariants) expect(atQuiescence?.(checkedWorld(drive.world))).toBeUndefined();
  });
});

describe('a spoilt world breaks', () => {
  const spoil = (id: string, how: () => void, sentence: string): void => {
    it(`${id}: ${sentence}`, () => {
      how();
      expect(sentenceOf(drive.world, id)).toBe(sentence);
    });
  };
  const o = () => drive.objects;

  spoil('S-01', () => { o().cache(1, 0).pfn = 0; }, 'the SPTE of gfn 0 of vm0 maps pfn 1, but index 0 of inode 1 has no page, and no invalidation is about to zap it');
  spoil('S-01', () => { leaf(1).pfn = leaf(0).pfn; }, 'the SPTE of gfn 1 of vm0 maps pfn 1, but index 1 of inode 1 has pfn 2, and no invalidation is about to zap it');
  spoil('S-01', () => { o().hpte(0).pfn = 0; }, 'the SPTE of gfn 4 of vm0 maps pfn 3, but host page 0x7f0000000 is not mapped, and no invalidation is about to zap it');
  spoil('S-03', () => { o().buddy().used.clear(1); }, 'the SPTE of gfn 0 of vm0 maps pfn 1, which is free');
  spoil('S-03', () => { o().buddy().used.clear(1); leaf(0).pfn = 0; }, 'the TLB entry of vcpu0 for gfn 0 of vm0 says pfn 1, which is free');
  spoil('S-03', () => { o().buddy().used.clear(o().hpte(1).pfn); huge().pfn = 0; }, 'the page table of the VMM\'s process maps host page 0x7f0000001 to pfn 4, which is free');
  spoil('S-04', () => { o().mem_attr(0, 0).attributes = 0; }, 'the SPTE of gfn 0 of vm0 is private, gfn 0 of vm0 is shared, and no invalidation that covers it is open');
  spoil('S-04', () => { o().mem_attr(0, 5).attributes = 1; }, 'the SPTE of gfn 5 of vm0 is shared, gfn 5 of vm0 is private, and no invalidation that covers it is open');
  spoil('S-05', () => { Object.assign(o().spte(1, 0, 0), { pfn: 1, private: 1 }); }, 'the SPTE of gfn 0 of vm0 and the SPTE of gfn 0 of vm1 both map pfn 1');
  spoil('S-08', () => { o().folio(1).hwpoison = 1; }, 'the SPTE of gfn 0 of vm0 maps pfn 1, whose memory failure was handled');
  spoil('S-09', () => { o().mem_attr(0, 6).attributes = 1; }, 'the huge leaf, the SPTE of gfn 4 of vm0 and 3 more, covers gfn 4 of vm0 and gfn 6 of vm0, one of them private, the other shared');
  spoil('S-09', () => { huge().pfn += 1; }, 'the huge leaf, the SPTE of gfn 4 of vm0 and 3 more, maps pfn 4, which is not the first page of a huge folio');
  spoil('S-10', () => { o().memslot_set(0, o().memslots(0).active).slot.put(0, 0); }, 'the SPTE of gfn 0 of vm0 maps pfn 1, but no memslot holds the gfn any more');
  spoil('S-11', () => { o().memslot(1).state = 2; }, "index 0 of file 1 ('A') is bound to memslot 1, which was freed");
  spoil('S-11', () => { o().memslot(1).pgoff = 1; }, "index 0 of file 1 ('A') is bound to memslot 1, which covers other indices");
  spoil('S-11', () => { o().slot_gmem(1).file = 0; }, "index 0 of file 1 ('A') is bound to memslot 1, whose file pointer is null");
  spoil('S-12', () => { o().slot_gmem(2).file = 1; }, "memslots 1 and 2 are both bound to index 0 of file 1 ('A')");
  spoil('S-13', () => { o().file(1).state = 3; }, 'memslot 1 points to file 1, which is released');
  spoil('S-13', () => { o().slot_gmem(1).file = 2; }, "memslot 1 points to file 2 ('B'), which does not belong to its VM");
  spoil('S-14', () => { o().kvm_mmu(0).mmu_invalidate_in_progress = 1; }, 'mmu_invalidate_in_progress of vm0 is 1, but 0 invalidations are open');
  spoil('S-15', () => {
    Object.assign(o().kvm_mmu(0), { mmu_invalidate_in_progress: 1, range_start: 1, range_end: 2 });
    o().open_invalidation(0, 3).open = 1;
    o().open_invalidation(0, 3).covers.set(1);
  }, 'vcpu1 invalidates gfn 1 of vm0, which is outside the range that makes faults retry');
  spoil('S-19', () => { o().kvm(1).users_count += 1; }, 'users_count of vm1 is 4, but 3 hold it: descriptors of it and its vCPUs, and files');
  spoil('S-19', () => { o().folio_ref(1).refcount = 0; }, 'the folio at pfn 1 has refcount 0, but the page cache or the host page table still holds it');
  spoil('S-25', () => { o().inode(1).i_size = 1; }, 'index 1 of inode 1 has pfn 2, and lies behind the end of the file');
  spoil('S-27', () => { o().page(1).value = 6; }, 'index 0 of inode 1 holds vm0:6 (pfn 1), it must hold vm0:7');
  spoil('S-27', () => { o().page(o().hpte(0).pfn).tag = 0; }, 'host page 0x7f0000000 holds zero (pfn 3), it must hold vm0:9');
  spoil('S-28', () => { o().memslot(1).state = 2; }, 'memslot 1 was freed, and readers still find it in the memslots of vm0');
  spoil('S-29', () => { o().hpte(0).pfn = 1; }, "the page table of the VMM's process maps host page 0x7f0000000 to pfn 1, whose content vm0 wrote while it was private");
  spoil('S-29', () => { o().spte(1, 0, 1).pfn = 1; }, 'the SPTE of gfn 1 of vm1 maps pfn 1, whose content vm0 wrote while it was private');
  spoil('S-31', () => { o().file(1).inode = 0; }, 'the SPTE of gfn 0 of vm0 maps pfn 1 of inode 1, of which vm0 has no file any more');
});

describe('a write breaks', () => {
  const written = (id: string, layout: string, at: readonly number[]): string | undefined =>
    invariant(id).onWrite![layout]!(checkedWorld(drive.world), at[0] ?? 0, at[1] ?? 0, at[2] ?? 0);

  it('S-06 when it maps a page that is not up to date', () => {
    drive.objects.folio(1).uptodate = 0;
    expect(written('S-06', 'spte', [0, drive.objects.mmu_root(0).valid, 0])).toBe('the SPTE of gfn 0 of vm0 maps pfn 1, whose folio is not up to date');
  });

  it('S-34 when it brings a count below zero', () => {
    drive.objects.folio_ref(1).refcount = -1;
    expect(written('S-34', 'folio_ref', [1])).toBe('the refcount of the folio at pfn 1 is -1');
  });
});

describe('when everybody rests', () => {
  const atRest = (id: string): string | undefined => invariant(id).atQuiescence!(checkedWorld(drive.world));

  it('S-14 wants no invalidation and no notifier under way', () => {
    drive.objects.mn_invalidate(0).mn_active_invalidate_count = 1;
    expect(atRest('S-14')).toBe('everybody rests, but mn_active_invalidate_count of vm0 is 1: no memslot can be changed any more');
    drive.objects.kvm_mmu(0).mmu_invalidate_in_progress = 1;
    expect(atRest('S-14')).toBe('everybody rests, but mmu_invalidate_in_progress of vm0 is 1: faults in the range will retry for ever');
  });

  it('S-19 wants every reference accounted for: folios, files, inodes', () => {
    drive.objects.inode(1).i_count += 1;
    expect(atRest('S-19')).toBe('everybody rests, but inode 1 has 2 references and 1 files');
    drive.objects.file(1).f_count += 1;
    expect(atRest('S-19')).toBe("everybody rests, but file 1 ('A') has 2 references and 1 descriptors and mappings");
    drive.objects.folio_ref(2).refcount += 1;
    expect(atRest('S-19')).toBe('everybody rests, but the folio at pfn 2 has refcount 2, of which 1 is accounted for');
  });
});
