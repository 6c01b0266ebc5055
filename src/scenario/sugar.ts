// Addresses of calls in pages: the members that stand for an address or a length, in every call that has such an argument.

import type { Argument, Call } from '../memory/calls.ts';

export interface Sugar {
  readonly name: string;
  /** Argument that it stands for. */
  readonly stands: string;
  /** How: a number of pages; the memory region that the address is in; the state that attributes mean. */
  readonly kind: 'pages' | 'region' | 'state';
  /** Values of the states. */
  readonly states?: { readonly private: bigint; readonly shared: bigint };
}

/** The first of these arguments that a call has is what `page` means in it. */
const ADDRESSES = ['gpa', 'hva', 'offset'] as const;
/** And `pages`. */
const LENGTHS = ['size', 'length'] as const;
/** In pages when it is not what `page` means. */
const OTHERS: Readonly<Record<string, string>> = { hva: 'memoryPage', offset: 'filePage' };

/** Members of a call that are written in pages. */
export function sugarOf(call: Call): Sugar[] {
  const has = (name: string): boolean => call.arguments.some((one) => one.name === name && one.type === 'u64');
  const result: Sugar[] = [];
  const add = (name: string, stands: string, kind: Sugar['kind'] = 'pages'): void => { result.push({ name, stands, kind }); };
  const main = ADDRESSES.find(has);
  if (main !== undefined) add('page', main);
  const length = LENGTHS.find(has);
  if (length !== undefined) add('pages', length);
  for (const [stands, name] of Object.entries(OTHERS)) if (stands !== main && has(stands)) add(name, stands);
  if (has('hva')) add('memory', 'hva', 'region');
  if (has('attributes')) result.push({ name: 'to', stands: 'attributes', kind: 'state', states: { private: ATTRIBUTE_PRIVATE, shared: 0n } });
  for (const { name: stands, states } of call.arguments) {
    if (states !== undefined) result.push({ name: states.member, stands, kind: 'state', states: { private: BigInt(states.private), shared: BigInt(states.shared) } });
  }
  return result;
}

/** KVM_MEMORY_ATTRIBUTE_PRIVATE. */
const ATTRIBUTE_PRIVATE = 8n;

/** Bits of flag arguments by name, where the kernel does not say otherwise. */
const FLAG_NAMES: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>> = {
  set_region: { flags: { log_dirty: 1, readonly: 2, guest_memfd: 4 } },
  create_gmem: { flags: { mmap: 1, init_shared: 2 } },
};

/** Names of the bits of an argument that is given by names; nothing for any other. */
export const flagNames = ({ name }: Call, { name: argument, flags }: Argument): Readonly<Record<string, number>> | undefined => flags ?? FLAG_NAMES[name]?.[argument];
