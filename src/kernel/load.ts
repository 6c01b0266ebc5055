// A person's own kernel, from the text of one file: TypeScript stripped once, on this thread; the import 'faultline' is this
// package, any other is refused, so that the text is all that a worker, a trace or a page needs. What the text says is executed:
// it is a program, not data.

import { transform } from 'sucrase';
import { shown } from '../scenario/errors.ts';
import { isKernel, type Kernel } from './define.ts';
import { lineWith, packageView } from './package-view.ts';

/** A mistake in a kernel's file: one sentence with file and, where it has one, line. */
export class KernelError extends Error {
  override name = 'KernelError';
}

/** Makes a function of a module's body. Where code and file names come from elsewhere (node:vm), errors know their lines. */
export type CompileBody = (code: string, file: string) => (require: (name: string) => unknown, exports: Record<string, unknown>) => void;

/** Lines that `new Function` puts in front of a body. */
const FUNCTION_HEAD = 2;

const plainCompile: CompileBody = (code, file) =>
  new Function('require', 'exports', `${code}\n//# sourceURL=${file}`) as ReturnType<CompileBody>;

/** Makes the kernel that `text` exports, with its table. `api` is the package as the text sees it; `taken` are names it must not use. */
export function loadKernel(text: string, file: string, api: object, taken: readonly string[], compile?: CompileBody): Kernel {
  const kernel = kernelOfText(text, file, api, taken, compile);
  try {
    void kernel.table;
  } catch (error) {
    throw new KernelError(`${file}: ${messageOf(error)}`);
  }
  return kernel;
}

/** The same without its table, for a thread that is given the table. */
export function kernelOfText(text: string, file: string, api: object, taken: readonly string[], compile?: CompileBody): Kernel {
  const head = compile === undefined ? FUNCTION_HEAD : 0;
  const exports: Record<string, unknown> = {};
  const code = stripped(text, file);
  let body: ReturnType<CompileBody>;
  try {
    body = (compile ?? plainCompile)(code, file);
  } catch (error) {
    throw new KernelError(`${placeIn(error, file, 0)}: ${messageOf(error)}`);
  }
  try {
    body((name) => imported(name, text, file, api), exports);
  } catch (error) {
    throw error instanceof KernelError ? error : new KernelError(`${placeIn(error, file, head)}: ${messageOf(error)}`);
  }
  const kernel = exportedKernel(exports, file);
  if (taken.includes(kernel.name)) throw new KernelError(`${file}: the kernel is named '${kernel.name}', as a built-in one is; give it a name of its own`);
  return kernel;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]!;

function stripped(text: string, file: string): string {
  try {
    return transform(text, { transforms: ['typescript', 'imports'], production: true, filePath: file }).code;
  } catch (error) {
    const { loc } = error as { loc?: { line: number; column: number } };
    const message = messageOf(error).replace(/^Error transforming .*?: /, '').replace(/ \(\d+:\d+\)$/, '');
    throw new KernelError(loc === undefined ? `${file}: ${message}` : `${file}:${loc.line}:${loc.column}: ${message}`);
  }
}

/** What an error out of a kernel's own steps says, with file and line. */
export const kernelProblem = (error: unknown, file: string): KernelError => new KernelError(`${placeIn(error, file, 0)}: ${messageOf(error)}`);

/** `file:line` where the error comes from, as far as its stack tells. */
function placeIn(error: unknown, file: string, head: number): string {
  const stack = error instanceof Error ? error.stack ?? '' : '';
  const at = stack.indexOf(`${file}:`);
  const line = at < 0 ? NaN : Number.parseInt(stack.slice(at + file.length + 1), 10);
  return Number.isNaN(line) ? file : `${file}:${line - head}`;
}

function imported(name: string, text: string, file: string, api: object): unknown {
  if (name === 'faultline') return packageView(api, (key, sentence, hint) => new KernelError(`${file}${lineOf(text, key)}: ${sentence}${hint}`));
  throw new KernelError(`${file}${lineOf(text, `'${name}'`, `"${name}"`)}: imports '${name}'; the file of a kernel may import only 'faultline', so that its text is all of it`);
}

/** `:line` of the first line of the text that has one of these in it. */
function lineOf(text: string, ...parts: string[]): string {
  const line = lineWith(text, ...parts);
  return line === 0 ? '' : `:${line}`;
}

function exportedKernel(exports: Record<string, unknown>, file: string): Kernel {
  if (isKernel(exports['default'])) return exports['default'];
  const kernels = Object.entries(exports).filter(([, value]) => isKernel(value));
  if (kernels.length === 1) return kernels[0]![1] as Kernel;
  throw new KernelError(kernels.length > 1
    ? `${file}: exports ${kernels.length} kernels (${kernels.map(([name]) => name).join(', ')}); write 'export default' in front of the one that is meant`
    : `${file}: exports no kernel${exports['default'] === undefined ? '' : `: its default, ${shown(exports['default'])}, is not what defineKernel or deriveKernel has made`}; end it with: export default deriveKernel(…)`);
}
