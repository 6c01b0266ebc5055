// What trace events say about pages, read from their text.

/** Page of a guest-physical address in hexadecimal. */
const pageOf = (text: string | undefined): bigint | undefined => (text === undefined ? undefined : BigInt(`0x${text}`) >> 12n);

/** The gfn that an event is about; nothing when it names none. */
export function gfnOf(name: string, fields: string): bigint | undefined {
  switch (name) {
    case 'kvm_page_fault': return pageOf(/\baddress 0x([\da-f]{1,16})/i.exec(fields)?.[1]);
    // info2 is the address of a nested page fault, or of an EPT violation's page.
    case 'kvm_exit': return /\breason (?:npf|EPT_VIOLATION)\b/i.test(fields) ? pageOf(/\binfo2 0x([\da-f]{1,16})/i.exec(fields)?.[1]) : undefined;
    default: {
      const gfn = /\bgfn (?:0x)?([\da-f]{1,16})\b/i.exec(fields)?.[1];
      return gfn === undefined ? undefined : BigInt(`0x${gfn}`);
    }
  }
}

/** Level of a page-table entry that an event is about; 1 is a leaf of 4K. */
export const levelOf = (fields: string): number => Number(/\blevel (\d+)/.exec(fields)?.[1] ?? 1);

/** Why the vCPU left the guest, as the model knows reasons. */
export function exitKind(fields: string): 'fault' | 'halt' | 'hypercall' | 'other' {
  const reason = /\breason (\S+)/.exec(fields)?.[1]?.toLowerCase() ?? '';
  if (reason === 'npf' || reason === 'ept_violation' || reason === 'ept_misconfig') return 'fault';
  if (reason === 'hlt') return 'halt';
  return reason === 'hypercall' || reason === 'vmmcall' || reason === 'vmcall' ? 'hypercall' : 'other';
}

/** Range of gfns and the attributes that they get. */
export function attributesOf(fields: string): { start: bigint; end: bigint; value: bigint } | undefined {
  const match = /^(0x[\da-f]+) -- (0x[\da-f]+) \[(0x[\da-f]+)\]/i.exec(fields);
  return match === null ? undefined : { start: BigInt(match[1]!), end: BigInt(match[2]!), value: BigInt(match[3]!) };
}

/** Reason that userspace is told: the number of an exit, or an errno. */
export function userspaceExit(fields: string): { exit: number } | { errno: number } | undefined {
  const match = /\breason (\S+) \((\d+)\)/.exec(fields);
  if (match === null) return undefined;
  return match[1] === 'error' || match[1] === 'restart' ? { errno: Number(match[2]) } : { exit: Number(match[2]) };
}

/** Bits of a page-table entry that are an address. */
const ADDRESS = 0xf_ffff_ffff_f000n;

/** Page frame that a leaf maps or is to map, in hexadecimal; nothing when the event names none. */
export function pfnOf(fields: string): string | undefined {
  const pfn = /\bpfn (?:0x)?([\da-f]{1,13})\b/i.exec(fields)?.[1];
  if (pfn !== undefined) return BigInt(`0x${pfn}`).toString(16);
  const entry = /\bspte (?:0x)?([\da-f]{1,16})\b/i.exec(fields)?.[1];
  return entry === undefined ? undefined : ((BigInt(`0x${entry}`) & ADDRESS) >> 12n).toString(16);
}
