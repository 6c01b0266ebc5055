// A person's own kernel, whose script the server has put in front of the page's: only what a person trusts gets there.

import * as api from '../../../kernel/api.ts';
import { isKernel, type Kernel } from '../../../kernel/define.ts';
import { packageView } from '../../../kernel/package-view.ts';
import { InspectError } from './errors.ts';

interface Script { readonly file: string; readonly text: string; readonly fingerprint: string; readonly body: (require: (name: string) => unknown, exports: Record<string, unknown>) => void }

/** A person's own kernel, with the text that it was made of, which traces of it carry. */
export interface OwnKernel { readonly kernel: Kernel; readonly fingerprint: string; readonly text: { readonly file: string; readonly text: string } }

/** Names of errors that nobody has written for a person to read. */
const UNEXPECTED = /^(?:Error|TypeError|RangeError|ReferenceError|SyntaxError)$/;

/** What an error says; one out of the steps of a person's own kernel names its file. */
export function errorSentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { faultlineKernel: script } = globalThis as { faultlineKernel?: Script };
  return script !== undefined && UNEXPECTED.test(error.name) ? `${script.file}: ${error.message}; in which line, faultline run with this kernel tells` : error.message;
}

/** The kernel, if one came with the page. */
export function ownKernel(): OwnKernel | undefined {
  const script = (globalThis as { faultlineKernel?: Script }).faultlineKernel;
  if (script === undefined) return undefined;
  const exports: Record<string, unknown> = {};
  script.body((name) => {
    if (name !== 'faultline') throw new InspectError(`${script.file}: imports '${name}'; a kernel may import only 'faultline'`);
    return packageView(api, (key, sentence, hint) => new InspectError(`${script.file}: in a page, ${sentence}${hint}; a page has what kernels are made of, and '${key}' is not of that`));
  }, exports);
  const kernel = [exports['default'], ...Object.values(exports)].find(isKernel);
  if (kernel === undefined) throw new InspectError(`${script.file} exports no kernel`);
  return { kernel, fingerprint: script.fingerprint, text: { file: script.file, text: script.text } };
}
