// Layouts as the build writes them down, all of all kernels in one file; and those of one kernel, for a page that shows no other.

import type { Fragment } from '../../../machines/fragment.ts';
import { fragmentKeys } from './fragment-key.ts';
import type { FragmentLayout, Layouts } from './layout.ts';

/** What dist/layouts.json holds: by the keys of fragments. */
export interface StoredLayouts {
  /** Of the code that made them. */
  readonly version: string;
  readonly layouts: Readonly<Record<string, FragmentLayout>>;
}

/** The layouts in such a file. */
export const layoutsFrom = ({ layouts }: StoredLayouts): Layouts => new Map(Object.entries(layouts));

/** Those that the machines of these kernels are drawn with, as the file has them. */
export function storedFor(kernels: readonly { readonly fragments: ReadonlyMap<string, Fragment> }[], { version, layouts }: StoredLayouts): StoredLayouts {
  const keys = new Set(kernels.flatMap(({ fragments }) => [...fragments.keys()].map(fragmentKeys(fragments))));
  return { version, layouts: Object.fromEntries(Object.entries(layouts).filter(([key]) => keys.has(key))) };
}
