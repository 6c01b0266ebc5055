// Functions of the kernel, as a person knows them: which steps, states and fragments stand for one.

import type { Kernel } from '../kernel/define.ts';
import type { Entry } from './catalog.ts';
import { table } from './output.ts';

/** Rows of a title, until the rest is counted. */
const MOST = 20;

const section = (title: string, list: readonly (readonly [string, string])[]): string[] => (list.length === 0 ? []
  : [`  ${title}\n${table([...list.slice(0, MOST), ...(list.length > MOST ? [['…', `and ${list.length - MOST} more`] as const] : [])], '    ')}`]);

/** What stands for a function of the kernel, or for a part of it; nothing when no description names it. */
export function functionEntry(name: string, kernel: Kernel): Entry | undefined {
  if (!/^\w+$/.test(name)) return undefined;
  const word = new RegExp(`(?<![\\w.])${name}(?!\\w)`, 'i');
  const leaves = kernel.table.leaves.filter(({ final, description }) => !final && word.test(description));
  const steps = new Map(leaves.map(({ step, description }) => [step, description]));
  const fragments = [...kernel.fragments.values()].filter(({ description }) => word.test(description));
  if (steps.size + fragments.length === 0) return undefined;
  return {
    kind: 'function of the kernel', name,
    text: () => [
      ...section('Fragments that stand for it, or for a part of it', fragments.map((one) => [one.name, one.description])),
      ...section('Steps', [...steps].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      ...section('States', leaves.map(({ machine, path }) => [machine, path])),
    ],
  };
}
