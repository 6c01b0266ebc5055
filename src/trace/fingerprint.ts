// What a trace depends on beside what it says itself: the sources of its kernel's layouts, machines and steps.

import { crc32 } from './crc32.ts';
import { FINGERPRINTS } from './fingerprints.gen.ts';
import type { Kernel } from '../kernel/define.ts';

/** Fingerprint of a built-in kernel; of a person's own, given its text, that of its base and the text together. */
export function fingerprintOf(kernel: Kernel, text?: string): string {
  const own = FINGERPRINTS[kernel.name];
  if (text === undefined && own !== undefined) return own;
  const base = FINGERPRINTS[kernel.base ?? ''] ?? Object.values(FINGERPRINTS).join();
  return `${hash32(`${base}\n${text ?? kernel.name}`)}${hash32(`${text ?? kernel.name}\n${base}`)}`;
}

const hash32 = (text: string): string => crc32(new TextEncoder().encode(text)).toString(16).padStart(8, '0');
