// A reader of ftrace's text, for tests: the lines as anybody's script takes them apart, and the grammar of the kernel's events.

export interface FtraceLine { readonly comm: string; readonly pid: number; readonly cpu: number; readonly time: number; readonly event: string; readonly text: string }

const LINE = /^\s*(?<comm>\S.*)-(?<pid>\d+)\s+\[(?<cpu>\d{3,})\] (?<flags>\S{5}) +(?<seconds>\d+)\.(?<micros>\d{6}): (?<event>[\w:]+): (?<text>.*)$/;

/** All lines but the comments; throws on one that is no line of a trace. `time` in microseconds. */
export function readFtrace(text: string): FtraceLine[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).map((line) => {
    const groups = LINE.exec(line)?.groups;
    if (groups === undefined) throw new Error(`no line of a trace: ${line}`);
    const { comm, pid, cpu, seconds, micros, event, text: told } = groups as Record<string, string>;
    return { comm: comm!, pid: Number(pid), cpu: Number(cpu), time: Number(seconds) * 1_000_000 + Number(micros), event: event!, text: told! };
  });
}

/** The text of each event of the kernel, field by field, as its format says. */
export const KERNEL_EVENTS: Readonly<Record<string, RegExp>> = {
  kvm_entry: /^vcpu (?<vcpu>\d+), rip 0x[0-9a-f]+$/,
  kvm_exit: /^vcpu (?<vcpu>\d+) reason (?<reason>[A-Z_]+) rip 0x[0-9a-f]+ info1 0x[0-9a-f]{16} info2 0x[0-9a-f]{16} intr_info 0x[0-9a-f]{8} error_code 0x[0-9a-f]{8}$/,
  kvm_page_fault: /^vcpu (?<vcpu>\d+) rip 0x[0-9a-f]+ address 0x(?<address>[0-9a-f]{16}) error_code 0x(?<code>[0-9a-f]+)$/,
  kvm_userspace_exit: /^reason (?<reason>\w+) \((?<number>\d+)\)$/,
  kvm_mmio: /^mmio (?<kind>write|read|unsatisfied-read) len \d+ gpa 0x(?<gpa>[0-9a-f]+) val 0x[0-9a-f]+$/,
  kvm_hypercall: /^nr 0x(?<nr>[0-9a-f]+) a0 0x(?<a0>[0-9a-f]+) a1 0x(?<a1>[0-9a-f]+) a2 0x(?<a2>[0-9a-f]+) a3 0x[0-9a-f]+$/,
  kvm_mmu_set_spte: /^gfn (?<gfn>[0-9a-f]+) spte (?<spte>[0-9a-f]+) \((?<rights>[r-][w-][x-][u-]?)\) level (?<level>\d) at [0-9a-f]+$/,
  kvm_tdp_mmu_spte_changed: /^as id \d+ gfn (?<gfn>[0-9a-f]+) level (?<level>\d) old_spte (?<old>[0-9a-f]+) new_spte (?<new>[0-9a-f]+)$/,
  kvm_mmu_spte_requested: /^gfn (?<gfn>[0-9a-f]+) pfn (?<pfn>[0-9a-f]+) level (?<level>\d)$/,
  kvm_mmu_zap_all_fast: /^kvm-mmu-valid-gen \d+ used_pages [0-9a-f]+$/,
  memory_failure_event: /^pfn (?<pfn>0|0x[0-9a-f]+): recovery action for (?<page>[\w ]+): (?<result>Ignored|Failed|Delayed|Recovered)$/,
};

/** The fields of an event of the kernel; throws when its text has another form. */
export function kernelFields({ event, text }: FtraceLine): Record<string, string> {
  const match = KERNEL_EVENTS[event]?.exec(text);
  if (match === null || match === undefined) throw new Error(`no form of ${event}: ${text}`);
  return { ...match.groups };
}
