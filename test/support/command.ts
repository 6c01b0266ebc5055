// The built command as a child process, in a folder of its own.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The command itself, for tests that need a shell around it. */
export const bin = fileURLToPath(new URL('../../bin/faultline.js', import.meta.url));

/** Lines that say how far a command is, as they begin: of runs and samples; of searches, shrinking, comparisons, known bugs, mutants on one thread and on several. */
const PROGRESS = [
  /[\d,]+ (?:of [\d,]+ )?(?:steps?|scenarios?|cases?|schedules?|distinct states)[, ]/, /shrinking \d/, /[\w-]+, \d+ of \d+$/, /[\w-]+ of \S+, [\w-]+: [\d,]+ /,
  /\w+, [\w-]+: [\d,]+ (?:states?|schedules?)\b/, /\w+(?:, \w+)*; \d+ of \d+ are done$/,
];
const progress = new RegExp(`^faultline: (?:${PROGRESS.map(({ source }) => source).join('|')}).*\\n`, 'gm');

/** Standard error without the lines that say how far a command is: on a busy machine any may last long enough for one. */
export const withoutProgress = (err: string): string => err.replace(progress, '');

export interface Ended { readonly code: number | null; readonly out: string; readonly err: string }

export class Sandbox {
  readonly folder = mkdtempSync(join(tmpdir(), 'faultline-'));

  /** `env`: more of the environment. `interruptWhen`: sends Ctrl-C, or `signal`, as soon as this is true of what was written to standard output
   *  and of the folder. `preload`: a module that every thread of the process loads first. */
  run(args: readonly string[], options: { interruptWhen?: (out: string) => boolean; signal?: NodeJS.Signals; preload?: string; env?: Readonly<Record<string, string>> } = {}): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const flags = options.preload === undefined ? [] : ['--import', pathToFileURL(options.preload).href];
      const child = spawn(process.execPath, [...flags, bin, ...args], { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.env } });
      let out = '';
      let err = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => { out += text; });
      child.stderr.setEncoding('utf8').on('data', (text: string) => { err += text; });
      const timer = options.interruptWhen && setInterval(() => {
        if (!options.interruptWhen!(out)) return;
        clearInterval(timer);
        child.kill(options.signal ?? 'SIGINT');
      }, 10);
      child.on('error', reject);
      child.on('close', (code) => {
        clearInterval(timer);
        resolve({ code, out, err: withoutProgress(err) });
      });
    });
  }

  write(name: string, content: string | Uint8Array): void {
    writeFileSync(join(this.folder, name), content);
  }
  read(name: string): Buffer {
    return readFileSync(join(this.folder, name));
  }
  has(name: string): boolean {
    return existsSync(join(this.folder, name));
  }
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A kernel file that breaks S-01. */
export const PATCH = `import { deriveKernel, kernels, type Kernel } from 'faultline';
const base: Kernel = kernels.find((one) => one.name === 'v6.8')!;
export default deriveKernel(base, { name: 'no-stale-test', fragments: { 'mmu.fault': (edit) => edit.remove('stale', 'map') } });
`;
/** One with a step that throws. */
export const THROWS = `import { deriveKernel, kernels } from 'faultline';
const base = kernels.find((one) => one.name === 'v6.8')!;
export default deriveKernel(base, { name: 'throws', steps: { 'fault.testStale': () => {
  throw new Error('not written yet');
} } });
`;
