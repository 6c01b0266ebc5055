// Addresses of calls in pages: the members that stand for an address or a length, in every call that has such an argument.

import type { Call } from '../memory/calls.ts';

export interface Sugar {
  readonly name: string;
  /** Argument that it stands for. */
  readonly stands: string;
  /** How: a number of pages; the memory region that the address is in; the state that attributes mean. */
  readonly kind: 'pages' | 'region' | 'state';
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
  if (has('attributes')) add('to', 'attributes', 'state');
  return result;
}

/** KVM_MEMORY_ATTRIBUTE_PRIVATE. */
export const ATTRIBUTE_PRIVATE = 8n;

/** Bits of flag arguments by name. */
export const FLAG_NAMES: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, bigint>>>>>> = {
  set_region: { flags: { log_dirty: 1n, readonly: 2n, guest_memfd: 4n } },
  create_gmem: { flags: { mmap: 1n, init_shared: 2n } },
};
