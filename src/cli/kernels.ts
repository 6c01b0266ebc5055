// Kernels as commands name them: a built-in one, or a person's own file.

import { readFileSync, statSync } from 'node:fs';
import { compileFunction } from 'node:vm';
import { builtinKernel, everyKernel, kernels } from '../../machines/kernels/index.ts';
import * as api from '../index.ts';
import type { Kernel } from '../kernel/define.ts';
import { KernelError, kernelProblem, loadKernel, type CompileBody } from '../kernel/load.ts';
import { nearest } from '../kernel/nearest.ts';
import { fingerprintOf } from '../trace/fingerprint.ts';
import type { TraceHeader } from '../trace/header.ts';
import { isSystemError, systemProblem, UsageError, userSentence } from './errors.ts';

/** A kernel, and where it is from. */
export interface NamedKernel {
  readonly kernel: Kernel;
  readonly fingerprint: string;
  /** For a person's own. */
  readonly text?: { readonly file: string; readonly text: string };
}

/** Bytes that the file of a kernel may have. */
const MOST_TEXT = 1 << 20;

const compile: CompileBody = (code, file) => compileFunction(code, ['require', 'exports'], { filename: file }) as ReturnType<CompileBody>;

/** The name of a file, not of a built-in kernel. */
export const looksLikeFile = (name: string): boolean => /[/\\]/.test(name) || /\.(?:ts|mts|js|mjs|cjs)$/.test(name);

/** The kernel that `--kernel` names. */
export function findKernel(name: string): NamedKernel {
  const kernel = builtinKernel(name);
  if (kernel !== undefined) return { kernel, fingerprint: fingerprintOf(kernel) };
  if (!looksLikeFile(name)) {
    const near = nearest(name, everyKernel.map((one) => one.name));
    throw new UsageError(`there is no kernel ${name === '' ? 'without a name' : `'${name}'`}${near === '' ? "; 'faultline list kernels' lists them, or give a file: ./my-patch.ts" : `${near} Or give a file: ./my-patch.ts`}`);
  }
  return ownKernel(readText(name), name);
}

function readText(file: string): string {
  try {
    const stat = statSync(file);
    if (!stat.isFile()) throw new UsageError(`kernel ${file}: it is not a file`);
    if (stat.size > MOST_TEXT) throw new UsageError(`kernel ${file}: has ${stat.size} bytes; the file of a kernel may have ${MOST_TEXT}`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isSystemError(error)) throw new UsageError(`kernel ${file}: ${systemProblem(error)}`);
    throw error;
  }
}

function ownKernel(text: string, file: string): NamedKernel {
  const kernel = loadKernel(text, file, api, kernels.map((one) => one.name), compile);
  return { kernel, fingerprint: fingerprintOf(kernel, text), text: { file, text } };
}

/** The kernel that a trace was recorded on. A text that came with the trace is a program: it is run only if it is known here, or `trusted`. */
export function kernelOfTrace({ kernel: name, kernelText }: TraceHeader, trace: string, trusted: boolean): NamedKernel {
  if (kernelText === undefined) {
    const kernel = builtinKernel(name);
    if (kernel === undefined) throw new UsageError(`${trace} was recorded on kernel '${name}', which this faultline does not have; run its schedule on another with replay --kernel${nearest(name, kernels.map((one) => one.name))}`);
    return { kernel, fingerprint: fingerprintOf(kernel) };
  }
  const { file, text } = kernelText;
  if (!trusted && !hasText(file, text)) {
    throw new UsageError(`${trace} carries the text of a kernel ('${name}', from ${file}) that differs from that file here; `
      + 'look at it with show --kernel-text, then run it with --trust');
  }
  const kernel = ownKernel(text, file);
  if (kernel.kernel.name !== name) throw new KernelError(`${trace} names kernel '${name}', and its text makes '${kernel.kernel.name}'`);
  return kernel;
}

function hasText(file: string, text: string): boolean {
  try {
    return statSync(file).size <= MOST_TEXT && readFileSync(file, 'utf8') === text;
  } catch {
    return false;
  }
}

/** Does something with a kernel. What a person's own one does wrong is their mistake, not the laboratory's. */
export async function blamingKernel<T>({ text }: NamedKernel, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw text === undefined || userSentence(error) !== undefined ? error : kernelProblem(error, text.file);
  }
}
