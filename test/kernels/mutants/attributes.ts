// Mutants of KVM_SET_MEMORY_ATTRIBUTES: kvm_vm_set_mem_attributes and what x86 does before and after it.

import { step } from '../../../machines/fragment.ts';
import { changed, type Mutant } from '../../../src/explore/mutants/mutant.ts';
import { createGmem, deleteSlot, scenario, setAttributes, slot } from '../../../src/scenario/builder.ts';
import { SC11 } from '../../../src/scenario/builtin/sc11.ts';
import { SC13 } from '../../../src/scenario/builtin/sc13.ts';
import { SC14 } from '../../../src/scenario/builtin/sc14.ts';
import type { SetRegion } from '../../../src/memory/frames.ts';

/** A conversion and the deletion of the memslot that it is about. */
const converted = scenario({
  name: 'convert-and-delete', vms: [{ type: 'confidential' }],
  memory: [{ name: 'ram', pages: 1 }], setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A', memory: 'ram' })],
  threads: [
    { name: 'converter', program: [setAttributes(0, 1, 'private', { expect: 'ok' })] },
    { name: 'deleter', program: [deleteSlot(0, { expect: 'ok' })] },
  ],
});

export const attributeMutants: readonly Mutant[] = [
  {
    id: 'M20', does: 'stores the attributes before it begins to invalidate', where: 'kvm_vm_set_mem_attributes', scenario: SC11, shownBy: ['S-04'],
    fragments: { 'vm.setAttributes': (edit) => {
      edit.redirect('reserve', 'ok', 'store');
      edit.redirect('store', 'ok', 'before');
      edit.redirect('before', 'done', 'after');
    } },
  },
  {
    id: 'M22', does: 'zaps nothing before it stores the attributes', where: 'kvm_pre_set_memory_attributes', scenario: SC11, shownBy: ['S-04'],
    fragments: { 'vm.attributesPrePass': (edit) => edit.replace('unmap', step('mmu.rangeAdd', 'the range alone', { ok: 'slot' })) },
  },
  {
    id: 'M23', does: 'leaves huge pages that it covers in part out of the invalidation', where: 'kvm_arch_pre_set_memory_attributes', scenario: SC13, shownBy: ['S-04', 'S-09'],
    fragments: { 'vm.attributesPrePass': (edit) => edit.remove('edges', 'unmap') },
  },
  {
    id: 'M24', does: 'takes the attributes in a new memslot for uniform', where: 'kvm_mmu_init_memslot_memory_attributes', scenario: SC14, shownBy: ['S-04', 'S-09'],
    steps: { 'slots.prepareCreate': changed<SetRegion>((inner) => (world, f, choose) => {
      const result = inner(world, f, choose);
      for (let hp = 0; hp < world.facts.sizes.hp; hp++) world.lpage_info(f.slot, hp).mixed = 0;
      return result;
    }) },
  },
  {
    id: 'M75', does: 'does not hold slots_lock over a conversion', where: 'kvm_vm_set_mem_attributes', scenario: converted, shownBy: ['S-14', 'S-28', 'data-race'],
    fragments: { 'vm.setAttributes': (edit) => {
      edit.remove('lock', 'compare');
      edit.remove('unlock', 'fdput');
    } },
  },
];
