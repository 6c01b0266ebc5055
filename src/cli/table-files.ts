// Tables of built-in kernels as files beside the bundled command. The build removes them whenever anything changes.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { kernels, weakKernels } from '../../machines/kernels/index.ts';
import type { PackedTable } from '../kernel/packed-table.ts';
import type { TableStore } from '../kernel/table-store.ts';

/** Keeps tables of the built-in kernels in a folder, made when the first one is kept; a folder that cannot be written keeps none. */
export function tableFiles(folder: URL): TableStore {
  const known = new Set([...kernels, ...weakKernels].map(({ name }) => name));
  const file = (name: string): string => fileURLToPath(new URL(`${name}.json`, folder));
  return {
    find(name) {
      if (!known.has(name)) return undefined;
      try {
        const { edges, ...packed } = JSON.parse(readFileSync(file(name), 'utf8')) as Omit<PackedTable, 'edges'> & { readonly edges: readonly number[] };
        return { ...packed, edges: Int32Array.from(edges) };
      } catch {
        return undefined;
      }
    },
    keep(name, make) {
      if (!known.has(name)) return;
      try {
        const { edges, ...packed } = make();
        mkdirSync(folder, { recursive: true });
        // Another command may do the same: the last one wins, with the same bytes.
        const part = `${file(name)}.${process.pid}`;
        writeFileSync(part, JSON.stringify({ ...packed, edges: [...edges] }));
        renameSync(part, file(name));
      } catch {
        // The next start makes it again.
      }
    },
  };
}
