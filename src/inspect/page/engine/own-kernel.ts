// A person's own kernel, whose script the server has put in front of the page's: only what a person trusts gets there.

import { DEFAULT_KERNEL, kernels, weakened } from '../../../../machines/kernels/index.ts';
import { end, fragment, step, use } from '../../../../machines/fragment.ts';
import { invariants } from '../../../check/invariants/index.ts';
import { defineKernel, isKernel, type Kernel } from '../../../kernel/define.ts';
import { deriveKernel } from '../../../kernel/derive.ts';
import { packageView } from '../../../kernel/package-view.ts';
import { readOnce } from '../../../kernel/read-once.ts';
import { arg, arg64 } from '../../../memory/calls.ts';
import { frame, layout } from '../../../memory/layout.ts';
import { blocked, more, ok, outcome, queued } from '../../../memory/outcome.ts';
import * as builder from '../../../scenario/builder.ts';
import { InspectError } from './errors.ts';

/** What the text of a kernel can import from 'faultline' in a page. */
const API = {
  DEFAULT_KERNEL, kernels, weakened, end, fragment, step, use, invariants, defineKernel, deriveKernel, readOnce, arg, arg64, frame, layout, blocked, more, ok, outcome, queued,
  ...builder,
};

interface Script { readonly file: string; readonly fingerprint: string; readonly body: (require: (name: string) => unknown, exports: Record<string, unknown>) => void }

/** The kernel, if one came with the page. */
export function ownKernel(): { readonly kernel: Kernel; readonly fingerprint: string } | undefined {
  const script = (globalThis as { faultlineKernel?: Script }).faultlineKernel;
  if (script === undefined) return undefined;
  const exports: Record<string, unknown> = {};
  script.body((name) => {
    if (name !== 'faultline') throw new InspectError(`${script.file}: imports '${name}'; a kernel may import only 'faultline'`);
    return packageView(API, (_key, sentence, hint) => new InspectError(`${script.file}: in a page, ${sentence}${hint}`));
  }, exports);
  const kernel = Object.values(exports).find(isKernel);
  if (kernel === undefined) throw new InspectError(`${script.file} exports no kernel`);
  return { kernel, fingerprint: script.fingerprint };
}
