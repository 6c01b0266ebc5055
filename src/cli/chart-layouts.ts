// Where the states of a kernel's machines are drawn: as laid out when the package was built, and for a person's own fragments by ELK, now.

import { existsSync, readFileSync } from 'node:fs';
import { layoutFragments } from '../export/machines/elk.ts';
import type { Layouts } from '../export/machines/layout.ts';
import { isLaidOut, type ChartedKernel } from '../export/machines/scene.ts';
import { layoutsFrom, storedFor } from '../export/machines/stored-layouts.ts';
import type { Kernel } from '../kernel/define.ts';
import type { MachineSpec } from '../kernel/table.ts';
import { UsageError } from './errors.ts';

/** Behind a build it lies in dist; this file is there too, or runs from its source. */
const PLACES = ['../../layouts.json', '../../../layouts.json', '../../dist/layouts.json'].map((path) => new URL(path, import.meta.url));

/** The layouts that were made when the package was built; none where that was not done. */
export function builtLayouts(): Layouts {
  const place = PLACES.find((one) => existsSync(one));
  return place === undefined ? new Map() : layoutsFrom(JSON.parse(readFileSync(place, 'utf8')));
}

/** Layouts of these machines. Throws when one was not made before and ELK is not installed. */
export async function chartLayouts(kernel: ChartedKernel, specs: readonly MachineSpec[]): Promise<Layouts> {
  const known = builtLayouts();
  if (specs.every((spec) => isLaidOut(kernel, spec, known))) return known;
  const elk = await importElk();
  if (elk === undefined) {
    throw new UsageError(`charts of kernel ${kernel.name} were not laid out when faultline was built, and the package elkjs that does it is not installed here; `
      + "install it beside faultline (npm install elkjs), or export with --format dot and let Graphviz draw them");
  }
  return layoutFragments((graph) => elk.layout(graph), kernel.fragments, specs.map(({ root }) => root), known);
}

/** Those of all machines of a kernel, as text for a page; nothing where they cannot be made. */
export async function layoutsText(kernel: Kernel): Promise<string | undefined> {
  try {
    return JSON.stringify(storedFor([kernel], { version: '', layouts: Object.fromEntries(await chartLayouts(kernel, kernel.machines)) }));
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

interface ElkInstance { layout(graph: unknown): Promise<never> }

/** ELK, where it is installed: it is a package for development. */
async function importElk(): Promise<ElkInstance | undefined> {
  try {
    const { default: Elk } = await import('elkjs/lib/elk.bundled.js') as unknown as { default: new () => ElkInstance };
    return new Elk();
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
