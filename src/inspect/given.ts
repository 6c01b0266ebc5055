// What the page is told to show. Plain data: it goes to the page as JSON.

import { transform } from 'sucrase';

/** What to open: a trace that lies beside it, or a scenario to run in the page. */
export interface Given {
  /** Name of the trace. */
  readonly trace?: string;
  readonly scenario?: string | object;
  readonly kernel?: string;
  readonly seed?: number;
  readonly steps?: number;
  /** A run that goes on is followed: what it is. */
  readonly live?: string;
  /** Nothing: runs to choose from are offered. */
  readonly start?: boolean;
}

/** A person's own kernel as a script for the page. Its text is a program: who calls this has been told to trust it. */
export function kernelScript({ file, text }: { readonly file: string; readonly text: string }, fingerprint: string): string {
  const { code } = transform(text, { transforms: ['typescript', 'imports'], production: true, filePath: file });
  return `globalThis.faultlineKernel = { file: ${JSON.stringify(file)}, text: ${JSON.stringify(text)}, fingerprint: ${JSON.stringify(fingerprint)}, body(require, exports) {\n${code}\n} };\n`;
}
