// The table of trace events: where the model stands, or what it does, when the kernel says so. One row each; docs/ftrace.md prints it.

export interface EventRow {
  readonly name: string;
  /**
   * `at`: the actor has come to one of these states and has not executed it; it does not before the trace has said so. `does`: it executes
   * one of these now, and in no other place of the trace. `leaf`: a step changes the leaf page-table entry of this gfn now, and none does elsewhere.
   */
  readonly how: 'at' | 'does' | 'leaf';
  /** States, as in the table of functions. */
  readonly at: readonly string[];
  readonly says: string;
}

export const events: readonly EventRow[] = [
  { name: 'kvm_entry', how: 'does', at: ['vcpu.run:unlock'], says: 'the vCPU enters the guest' },
  { name: 'kvm_exit', how: 'does', at: ['vcpu.leaveGuest:mode'], says: 'the vCPU leaves the guest: by a fault of this gfn, a hypercall, a halt, or because an interrupt came' },
  { name: 'kvm_page_fault', how: 'at', at: ['mmu.fault:intent', 'vcpu.tlbMiss:intent,entry'], says: 'a fault of this gfn begins' },
  { name: 'kvm_mmu_spte_requested', how: 'at', at: ['mmu.fault:map,mapEntry'], says: 'the leaf of this gfn is about to be installed' },
  { name: 'kvm_tdp_mmu_spte_changed', how: 'leaf', at: [], says: 'a leaf (level 1) appears or goes' },
  { name: 'kvm_mmu_set_spte', how: 'at', at: ['mmu.fault:unlock'], says: 'the leaf of this gfn is there' },
  { name: 'kvm_vm_set_mem_attributes', how: 'at', at: ['vm.setAttributes:lock'], says: 'attributes of this range are about to be set' },
  { name: 'kvm_userspace_exit', how: 'at', at: ['vcpu.call:unlock'], says: 'KVM_RUN is about to return, for this reason' },
];

/** Events that stand for nothing in the model, and why. */
export const unmappedEvents: Readonly<Record<string, string>> = {
  kvm_update_master_clock: 'clocks', kvm_write_tsc_offset: 'clocks', kvm_track_tsc: 'clocks',
  kvm_apicv_inhibit_changed: 'interrupt controllers',
  kvm_fpu: 'registers of the processor',
  kvm_mmu_get_page: 'page tables above the leaves are not modelled', kvm_mmu_prepare_zap_page: 'page tables above the leaves are not modelled',
  kvm_mmu_pagetable_walk: "the guest's own page tables, read by the emulator", kvm_mmu_paging_element: "the guest's own page tables, read by the emulator",
  kvm_emulate_insn: 'emulation of an instruction',
  kvm_unmap_hva_range: 'the range of a notifier; the function around it is mapped',
  kvm_hypercall: 'the exit that follows is mapped',
  fast_page_fault: 'changes leaves of read-only mappings, which the model has not',
};
