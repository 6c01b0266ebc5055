// faultline export --machines: the statecharts of a kernel, for XState's tools, for a page, for print.

import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { exporters } from '../export/index.ts';
import { machineFormats } from '../export/machines/index.ts';
import type { Layouts } from '../export/machines/layout.ts';
import { nearest } from '../kernel/nearest.ts';
import { chartLayouts } from './chart-layouts.ts';
import { mayWrite, STANDARD_OUTPUT } from './destination.ts';
import { EXIT, isSystemError, systemProblem, UsageError } from './errors.ts';
import { fileSink, standardOutput } from './export-sink.ts';
import { blamingKernel, findKernel } from './kernels.ts';
import { counted, line } from './output.ts';

export interface MachineOptions { readonly format?: string; readonly kernel?: string; readonly actor?: readonly string[]; readonly output?: string; readonly force?: boolean }

const names = machineFormats.map(({ name }) => name);

/** Writes the statecharts: one to standard output, or each into a file of the folder `output`. */
export function exportMachines({ format = names[0]!, kernel: kernelName = 'v6.8', actor, output, force = false }: MachineOptions): Promise<number> {
  const chosen = machineFormats.find(({ name }) => name === format);
  if (chosen === undefined && exporters.some(({ name }) => name === format)) throw new UsageError(`format ${format} is of traces, not of statecharts: leave --machines out`);
  if (chosen === undefined) throw new UsageError(`there is no format '${format}' of machines${nearest(format, names) || `; there is ${names.join(', ')}`}`);
  const named = findKernel(kernelName);
  const { kernel } = named;
  return blamingKernel(named, async () => {
    const all = kernel.machines.map(({ machine }) => machine);
    for (const name of actor ?? []) {
      if (!all.includes(name)) throw new UsageError(`kernel ${kernel.name} has no machine '${name}'${nearest(name, all) || `; it has ${all.join(', ')}`}`);
    }
    const specs = kernel.machines.filter(({ machine }) => actor === undefined || actor.includes(machine));
    const layouts = (): Promise<Layouts> => (chosen.needsLayouts === true ? chartLayouts(kernel, specs) : Promise.resolve(new Map()));
    if (output === undefined || output === STANDARD_OUTPUT) {
      if (specs.length !== 1) throw new UsageError(`kernel ${kernel.name} has ${specs.length === all.length ? '' : 'these '}${counted(specs.length, 'machine')} (${specs.map(({ machine }) => machine).join(', ')}); choose one with --actor, or give a folder with -o DIR`);
      await standardOutput().write(chosen.text(kernel, specs[0]!, await layouts()));
      return EXIT.HELD;
    }
    makeFolder(output);
    const files = specs.map((spec) => ({ spec, file: join(output, `${spec.machine}${chosen.extension}`) }));
    for (const { file } of files) mayWrite('--output', file, force);
    const laidOut = await layouts();
    for (const { spec, file } of files) await writeWhole(file, chosen.text(kernel, spec, laidOut));
    await line(`${output}: ${counted(files.length, 'machine')} of kernel ${kernel.name}, format ${format}`);
    return EXIT.HELD;
  });
}

function makeFolder(path: string): void {
  if (path === '') throw new UsageError('--output takes the name of a folder; it was given an empty one');
  const there = statSync(path, { throwIfNoEntry: false });
  if (there?.isDirectory() === true) return;
  if (there !== undefined) throw new UsageError(`${path} is a file; machines go into a folder, give -o DIR`);
  try {
    mkdirSync(path);
  } catch (error) {
    throw isSystemError(error) ? new UsageError(`cannot make the folder ${path}: ${systemProblem(error)}`) : error;
  }
}

/** A file has its name only when it is whole. */
async function writeWhole(file: string, text: string): Promise<void> {
  const sink = fileSink(file);
  try {
    await sink.write(text);
    sink.finish();
  } catch (error) {
    sink.discard();
    throw isSystemError(error) ? new UsageError(`cannot write ${file}: ${systemProblem(error)}`) : error;
  }
}
