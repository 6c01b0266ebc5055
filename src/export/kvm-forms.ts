// The kernel's own trace events that steps stand for: their line forms, as printf has them, and their fields.

/** `form`: text of a line; each conversion prints the field at its place. `fields`: their names as the kernel has them. */
interface Form { readonly system: 'kvm' | 'kvmmmu' | 'ras'; readonly form: string; readonly fields: readonly string[] }

/** Linux release whose line forms these are. */
export const LINE_FORMS = 'Linux 6.8, VMX';

/** Line forms by name of the event. */
export const KVM_FORMS = {
  kvm_entry: { system: 'kvm', form: 'vcpu %u, rip 0x%llx', fields: ['vcpu_id', 'rip'] },
  kvm_exit: {
    system: 'kvm', form: 'vcpu %u reason %s rip 0x%llx info1 0x%016llx info2 0x%016llx intr_info 0x%08x error_code 0x%08x',
    fields: ['vcpu_id', 'exit_reason', 'guest_rip', 'info1', 'info2', 'intr_info', 'error_code'],
  },
  kvm_page_fault: { system: 'kvm', form: 'vcpu %u rip 0x%llx address 0x%016llx error_code 0x%llx', fields: ['vcpu_id', 'guest_rip', 'fault_address', 'error_code'] },
  kvm_mmio: { system: 'kvm', form: 'mmio %s len %u gpa 0x%llx val 0x%llx', fields: ['type', 'len', 'gpa', 'val'] },
  kvm_userspace_exit: { system: 'kvm', form: 'reason %s (%d)', fields: ['reason', 'errno'] },
  kvm_hypercall: { system: 'kvm', form: 'nr 0x%llx a0 0x%llx a1 0x%llx a2 0x%llx a3 0x%llx', fields: ['nr', 'a0', 'a1', 'a2', 'a3'] },
  kvm_mmu_zap_all_fast: { system: 'kvmmmu', form: 'kvm-mmu-valid-gen %u used_pages %x', fields: ['mmu_valid_gen', 'mmu_used_pages'] },
  kvm_mmu_spte_requested: { system: 'kvmmmu', form: 'gfn %llx pfn %llx level %d', fields: ['gfn', 'pfn', 'level'] },
  kvm_tdp_mmu_spte_changed: { system: 'kvmmmu', form: 'as id %d gfn %llx level %d old_spte %llx new_spte %llx', fields: ['as_id', 'gfn', 'level', 'old_spte', 'new_spte'] },
  kvm_mmu_set_spte: { system: 'kvmmmu', form: 'gfn %llx spte %llx (%s) level %d at %llx', fields: ['gfn', 'spte', 'rights', 'level', 'sptep'] },
  memory_failure_event: { system: 'ras', form: 'pfn 0x%llx: recovery action for %s: %s', fields: ['pfn', 'type', 'result'] },
} as const satisfies Readonly<Record<string, Form>>;

export type KvmName = keyof typeof KVM_FORMS;
export type FieldType = 'u32' | 's32' | 'u64' | 'string';
export type FieldValue = bigint | number | string;

/** A conversion of a form: digits, type. */
export const CONVERSION = /%(0\d+)?(llx|llu|u|d|s|x)/g;
const TYPES: Readonly<Record<string, FieldType>> = { llx: 'u64', llu: 'u64', u: 'u32', d: 's32', s: 'string', x: 'u32' };

/** Types of the fields of a form, by its conversions. */
export const typesOf = (form: string): FieldType[] => [...form.matchAll(CONVERSION)].map(([, , conversion]) => TYPES[conversion!]!);

/** A line: `values` printed by their form. */
export function printed(form: string, values: readonly FieldValue[]): string {
  let next = 0;
  return form.replace(CONVERSION, (_all, digits: string | undefined, conversion: string) => {
    const value = values[next++]!;
    return conversion.endsWith('x') ? BigInt.asUintN(64, BigInt(value)).toString(16).padStart(Number(digits ?? 0), '0') : String(value);
  });
}
