// The mend of one known bug: the difference that it makes to a kernel, without a name of its own, so that fixes add up.

import type { KernelDifference } from '../../src/kernel/define.ts';
import type { FragmentEdit } from '../../src/kernel/edit.ts';
import type { Fragment } from '../fragment.ts';

/** A known bug's mend, or any other change between two kernels. */
export type Fix = Omit<KernelDifference, 'name' | 'title'>;

/** One difference that makes all of these: edits of one fragment are made one after the other, in the order of the list. */
export function together(name: string, title: string, fixes: readonly Fix[]): KernelDifference {
  const fragments: Record<string, Fragment | FragmentEdit> = {};
  for (const fix of fixes) {
    for (const [fragment, change] of Object.entries(fix.fragments ?? {})) {
      const before = fragments[fragment];
      if (before !== undefined && (typeof before !== 'function' || typeof change !== 'function')) throw new Error(`two fixes replace fragment '${fragment}'`);
      fragments[fragment] = typeof before === 'function' && typeof change === 'function' ? (edit) => { before(edit); change(edit); } : change;
    }
  }
  return {
    name, title, fragments,
    machines: fixes.flatMap((fix) => fix.machines ?? []),
    config: Object.assign({}, ...fixes.map((fix) => fix.config ?? {})) as NonNullable<Fix['config']>,
    objects: fixes.flatMap((fix) => fix.objects ?? []),
    registers: fixes.flatMap((fix) => fix.registers ?? []),
    calls: fixes.flatMap((fix) => fix.calls ?? []),
    steps: Object.assign({}, ...fixes.map((fix) => fix.steps ?? {})) as NonNullable<Fix['steps']>,
    bugs: fixes.flatMap((fix) => fix.bugs ?? []),
    unshown: fixes.flatMap((fix) => fix.unshown ?? []),
    mended: fixes.flatMap((fix) => fix.mended ?? []),
  };
}
