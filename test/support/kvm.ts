// What this machine offers to tests that want a real kernel. Where something is missing the tests are left out, and say why.

import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { release } from 'node:os';
import { builtinKernel } from '../../machines/kernels/index.ts';
import type { Machine } from '../../src/conform/config.ts';
import type { Step } from '../../src/conform/recording.ts';
import { needsDevice } from '../../src/record/device.ts';
import { recorderProgram } from '../../src/record/program.ts';
import { lineOf } from '../../src/record/lines.ts';

/** The first compiler that can be started; nothing where there is none. */
export const compiler = ['cc', 'gcc', 'clang'].find((name) => spawnSync(name, ['--version']).status === 0);

const GMEM: readonly Step[] = [{ op: 'create_vm', args: { type: 0, as: 'v0' } }, { op: 'create_gmem', args: { vm: 'v0', size: 4096, flags: 0, as: 'g0' } }];

function whyNoRecorder(): string | undefined {
  try {
    needsDevice();
    recorderProgram();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Why nothing can be recorded here; nothing where it can. */
export const noRecorder = whyNoRecorder();

function whyNoGmem(): string | undefined {
  if (noRecorder !== undefined) return noRecorder;
  const { stdout, stderr } = spawnSync(recorderProgram(), { input: GMEM.map((step) => `${lineOf(step)}\n`).join(''), encoding: 'utf8' });
  return stdout === '{"ret":"fd"}\n{"ret":"fd"}\n' ? undefined : `this kernel's KVM has no guest_memfd: ${(stdout + stderr).trim().split('\n').at(-1)}`;
}

/** Why guest_memfd cannot be recorded here; nothing where it can. */
export const noGmem = whyNoGmem();
/** Why this is not the kernel whose recordings are committed. */
export const not618 = noGmem ?? (release().startsWith('6.18.') ? undefined : `recorded on Linux 6.18, this is ${release()}`);
/** Who may open /dev/kvm is what this machine's owner says, not what its kernel does: the same text with the bits of the machine of the recordings. */
export const asRecorded = (text: string): string =>
  (noRecorder === undefined ? text.replaceAll(`"mode":"020${(statSync('/dev/kvm').mode & 0o777).toString(8)}"`, '"mode":"020600"') : text);
/** A title that says what is left out, and why. */
export const titled = (title: string, why: string | undefined): string => (why === undefined ? title : `${title} (left out: ${why})`);

/** The model of the kernel that runs here, or why there is none. */
export const modelHere: { readonly kernel?: string; readonly why?: string } = (() => {
  const kernel = `v${release().split('.').slice(0, 2).join('.')}`;
  return builtinKernel(kernel) === undefined ? { why: `there is no model of Linux ${release()}` } : { kernel };
})();

/** What this machine's KVM is built with, as it says itself. */
export function machineHere(): Machine {
  const caps = [233, 235, 236].map((cap): Step => ({ op: 'check_cap', args: { fd: 'v0', cap } }));
  const { stdout } = spawnSync(recorderProgram(), { input: [GMEM[0]!, ...caps].map((step) => `${lineOf(step)}\n`).join(''), encoding: 'utf8' });
  const [, attributes, types, prefault] = stdout.trim().split('\n').map((line) => (JSON.parse(line) as { ret: number }).ret) as [unknown, number, number, number];
  return { config: { attributes: attributes > 0, memoryFailure: false, vmTypes: (types & 2) === 0 ? ['default'] : ['default', 'sw-protected'], prefault: prefault > 0 }, hiddenSlot: false };
}
