// Tables of built-in kernels that somebody keeps from one start of the command to the next, since XState takes some 0.2 s to make one.

import type { PackedTable } from './packed-table.ts';

/** Where tables are kept. A store that cannot read or write answers as if it were empty. */
export interface TableStore {
  /** The table of the kernel of this name, if it is kept. */
  find(name: string): PackedTable | undefined;
  /** Keeps a table that was made; of a kernel that the store is not for, it does not. */
  keep(name: string, make: () => PackedTable): void;
}

let store: TableStore | undefined;

/** From now on tables that are wanted are looked for there first. Names of kernels must be the store's own: a kernel of a person's file has another. */
export function useTableStore(one: TableStore): void {
  store = one;
}

/** The store in use. */
export const tableStore = (): TableStore | undefined => store;
