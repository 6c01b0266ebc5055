// Which mends a kernel takes to lose some of its known bugs.

import type { Kernel } from '../../src/kernel/define.ts';
import type { Fix } from './fix.ts';
import { fixes } from './fixes/index.ts';
import { g4b10Convert, g4b10Zap } from './fixes/g4-b10-convert.ts';
import { g4b11Convert } from './fixes/g4-b11-convert.ts';
import { g4b11Prefault } from './fixes/g4-b11-prefault.ts';
import { fsealFixes } from './fixes/fseal-2021.ts';
import { g4b5 } from './fixes/g4-b5.ts';
import { g4b5Huge } from './fixes/g4-b5-huge.ts';
import { g5b10ByLevel } from './fixes/g5-b10.ts';
import { laterFixes } from './fixes/later.ts';
import { privateOpsFixes } from './fixes/private-ops-2022.ts';
import { v11Fixes } from './v11/index.ts';

/** What a mend needs beside it in kernels that have this fragment: G3-B5's makes of the handler one that 6.8's bug is in. */
const companions: readonly { readonly of: string; readonly fragment: string; readonly fix: Fix; /** Only beside this one. */ readonly beside?: string }[] = [
  { of: 'G3-B5', fragment: 'memoryFailure', fix: { ...g4b5, mended: [] } },
  { of: 'G4-B11', fragment: 'vcpu.prefault', fix: g4b11Prefault },
  { of: 'G4-B11', fragment: 'gmem.convert', fix: g4b11Convert },
  { of: 'G4-B10', fragment: 'gmem.convert', fix: g4b10Convert },
  { of: 'G4-B10', fragment: 'gmem.convertZap', fix: g4b10Zap },
  { of: 'G4-B5', fragment: 'gmem.restructure', fix: g4b5Huge },
  { of: 'G5-B10', fragment: 'gmem.restructure', fix: g5b10ByLevel, beside: 'G5-B16' },
];

/** The mends that are known for these bugs, in the order in which they are made. */
export function mendsOf(kernel: Pick<Kernel, 'fragments'>, bugs: readonly string[]): Fix[] {
  const chosen = [...fsealFixes, ...privateOpsFixes, ...v11Fixes, ...fixes, ...laterFixes].filter(({ mended = [] }) => mended.length > 0 && mended.every((id) => bugs.includes(id)));
  return [...chosen, ...companions.filter(({ of, fragment, beside }) => bugs.includes(of) && (beside === undefined || bugs.includes(beside)) && kernel.fragments.has(fragment)).map(({ fix }) => fix)];
}
