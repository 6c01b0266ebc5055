// Traces that were edited to be wrong are rejected: at the line that is wrong, with what the model allows there and why the line is none of it.

import { describe, expect, test } from 'vitest';
import { eventRow, rowOf } from '../../src/conform/ftrace/names.ts';
import { judged, Lines, textOf, type Form } from '../support/ftraces.ts';

interface Edit {
  readonly what: string;
  readonly name: string;
  readonly form: Form;
  /** Makes the trace wrong. Answers the index of the line at which that shows. */
  readonly edit: (lines: Lines) => number;
  readonly allowed: RegExp;
  readonly reason: RegExp;
}

const PUNCH = 'kvm_gmem_fallocate() {';

const edits: readonly Edit[] = [
  {
    what: 'a hole whose invalidation ends before the pages go', name: 'conv-punch-while-private', form: 'fgraph',
    edit: (lines) => {
      const truncate = lines.next('truncate_inode_pages_range', lines.next(PUNCH));
      lines.move(lines.next('kvm_mmu_invalidate_end', truncate), truncate);
      return truncate;
    },
    allowed: /'truncate_inode_pages_range' is entered/, reason: /'kvm_mmu_invalidate_end' is not what comes next: main\.gmem stands at 'fallocate\.carryOut\.punch\.truncate\.find'/,
  },
  {
    what: 'a hole without its flush', name: 'conv-punch-while-private', form: 'fgraph',
    edit: (lines) => {
      const flush = lines.next('kvm_flush_remote_tlbs', lines.next(PUNCH));
      lines.remove(flush);
      return flush;
    },
    allowed: /'kvm_flush_remote_tlbs' is entered/, reason: /'__kvm_gmem_invalidate_start' returns, but is not done: main\.gmem stands at 'fallocate\.carryOut\.punch\.begin\.flush/,
  },
  {
    what: 'a leaf that goes without being shown', name: 'conv-punch-while-private', form: 'fgraph',
    edit: (lines) => {
      const zap = lines.next('kvm_tdp_mmu_spte_changed', lines.next(PUNCH));
      lines.remove(zap);
      return lines.next('kvm_tdp_mmu_unmap_gfn_range ret', zap);
    },
    allowed: /kvm_tdp_mmu_spte_changed: the leaf of gfn 10000 changes/, reason: /'kvm_tdp_mmu_unmap_gfn_range' returns, but is not done/,
  },
  {
    what: 'a conversion that ends its invalidation before it unmaps', name: 'conv-roundtrip', form: 'fgraph',
    edit: (lines) => {
      const unmap = lines.next('kvm_arch_pre_set_memory_attributes() {');
      lines.move(lines.next('kvm_mmu_invalidate_end', unmap), unmap);
      return unmap;
    },
    allowed: /'kvm_arch_pre_set_memory_attributes' is entered/, reason: /main\.vm stands at 'set_attributes\.carryOut\.before\.unmap\.zap'/,
  },
  {
    what: 'an install behind a test that says stale', name: 'conv-roundtrip', form: 'fgraph',
    edit: (lines) => {
      const stale = lines.next('is_page_fault_stale', lines.next('kvm_gmem_get_pfn'));
      lines.replace(stale, 'ret=0x0', 'ret=0x1');
      return stale;
    },
    allowed: /'is_page_fault_stale' returns/, reason: /'is_page_fault_stale' returns 1, in the model the fault is not stale/,
  },
  {
    what: 'a fault that goes on while an invalidation is open', name: 'spin-convert', form: 'fgraph',
    edit: (lines) => {
      const retry = lines.next(/kvm_mmu_faultin_pfn\(\);.*ret=0x1 /, lines.next('kvm_arch_pre_set_memory_attributes ret=0x1', lines.next('record-178')));
      lines.replace(retry, 'ret=0x1', 'ret=0x0');
      return retry;
    },
    allowed: /'kvm_mmu_faultin_pfn' returns/, reason: /'kvm_mmu_faultin_pfn' returns 0, in the model the fault is given up and tried again/,
  },
  {
    what: 'the poisoned page of a file that a fault is given', name: 'hwp-private-mapped', form: 'fgraph',
    edit: (lines) => {
      const poisoned = lines.next('kvm_gmem_get_pfn ret=-133');
      lines.replace(poisoned, 'ret=-133', 'ret=0x0');
      return poisoned;
    },
    allowed: /'kvm_gmem_get_pfn' returns/, reason: /'kvm_gmem_get_pfn' returns 0, in the model it fails/,
  },
  {
    what: 'a memory failure after which the guest keeps its mapping', name: 'hwp-private-mapped', form: 'fgraph',
    edit: (lines) => {
      const start = lines.next('__kvm_gmem_invalidate_start() {', lines.next('kvm_gmem_error_folio() {'));
      lines.remove(start, lines.next('__kvm_gmem_invalidate_start ret', start) - start + 1);
      return start;
    },
    allowed: /'__kvm_gmem_invalidate_start' is entered/, reason: /'kvm_mmu_invalidate_end' is not what comes next: .*hardware\.mf stands at/,
  },
  {
    what: 'a memslot whose bindings go while guests can still use it', name: 'spin-delete-slot', form: 'fgraph',
    edit: (lines) => {
      const flush = lines.next('kvm_arch_flush_shadow_memslot() {');
      lines.move(lines.next('kvm_gmem_unbind', flush), flush);
      return flush;
    },
    allowed: /'kvm_arch_flush_shadow_memslot' is entered/, reason: /'kvm_gmem_unbind' is not what comes next/,
  },
  {
    what: 'another page of the file than the one that is there', name: 'conv-punch-while-private', form: 'events',
    edit: (lines) => {
      const first = lines.next('kvm_mmu_spte_requested: gfn 10000 ');
      const pfn = /pfn \w+/.exec(lines.list[first]!)![0];
      const other = lines.next('kvm_mmu_spte_requested: gfn 10001 ');
      lines.replace(other, /pfn \w+/, pfn);
      return other;
    },
    allowed: /kvm_mmu_spte_requested/, reason: /the page is another one: pfn \w+ was not this page of the file, and is still in use/,
  },
  {
    what: 'an exit for another reason than the one the guest had', name: 'conv-roundtrip', form: 'events',
    edit: (lines) => {
      const halt = lines.next('KVM_EXIT_HLT (5)', lines.next('kvm_vm_set_mem_attributes'));
      lines.replace(halt, 'KVM_EXIT_HLT (5)', 'error (14)');
      return halt;
    },
    allowed: /kvm_userspace_exit: KVM_RUN is about to return/, reason: /KVM_RUN returns errno 0/,
  },
  {
    what: 'a conversion of other pages than the step converts', name: 'two-vcpus', form: 'events',
    edit: (lines) => {
      const set = lines.next('kvm_vm_set_mem_attributes', lines.next('kvm_userspace_exit'));
      lines.replace(set, '0x00000000010004', '0x00000000010005');
      return set;
    },
    allowed: /kvm_vm_set_mem_attributes/, reason: /the step of the case that is under way sets no such attributes/,
  },
  {
    what: 'a vCPU that is in the guest and does not leave it before it enters again', name: 'two-vcpus', form: 'events',
    edit: (lines) => {
      const exit = lines.next(/kvm_exit: vcpu 0 reason npf.*info2 0x0000000010000000/);
      lines.remove(exit);
      return exit;
    },
    allowed: /kvm_exit: the vCPU leaves the guest/, reason: /the vCPU has no fault of this page now/,
  },
];

describe('a trace with', () => {
  test.each(edits)('$what is rejected where it shows', ({ name, form, edit, allowed, reason }) => {
    const lines = new Lines(textOf(name, form));
    const at = edit(lines);
    const { verdict, complete, rejection } = judged(name, lines.text);
    expect(verdict).toBe('rejected');
    expect(complete).toBe(true);
    expect(rejection!.line).toBe(Lines.number(at));
    expect(rejection!.allowed.join('\n')).toMatch(allowed);
    expect(rejection!.reasons.join('\n')).toMatch(reason);
  });
});

test('no line of a short trace that stands for something can be left out, but for the last of all', () => {
  const text = textOf('conv-punch-while-private', 'fgraph');
  const all = judged('conv-punch-while-private', text);
  const kept: string[] = [];
  let rejected = 0;
  for (const { kind, name, line } of all.trace.records) {
    if ((kind !== 'call' || rowOf(name) < 0) && (kind !== 'event' || eventRow(name) === undefined)) continue;
    const lines = new Lines(text);
    lines.remove(line - 1);
    const { verdict, mapped } = judged('conv-punch-while-private', lines.text);
    if (verdict === 'rejected') rejected++;
    else if (mapped < all.mapped) kept.push(name);
  }
  expect(kept).toEqual(['kvm_gmem_unbind', 'kvm_gmem_destroy_inode']);
  expect(rejected).toBe(65);
});
