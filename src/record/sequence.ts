// One case carried out: a process of its own, a line in and a line out for each step, and an end if it does not answer.

import { spawn } from 'node:child_process';
import type { Result, Step } from '../conform/recording.ts';
import type { Case } from './cases.ts';
import { lineOf } from './lines.ts';
import { RecorderError } from './program.ts';

/** How cases are carried out. */
export interface RecordOptions {
  /** The program, as `recorderProgram` answers it. */
  readonly program: string;
  /** Seconds that one case may take. */
  readonly seconds: number;
  /** Guests may execute. */
  readonly allowVcpus?: boolean;
  /** Pages of the machine may be made bad. */
  readonly allowMemoryFailure?: boolean;
  /** Ends the case that is going on. */
  readonly signal?: AbortSignal | undefined;
}

/** A case with what its steps answered. `cut` says why it did not come to its end; the steps from there on are `skipped`. */
export interface Recorded { readonly case: Case; readonly cut?: string }

/** Seconds after which an ended process that is still there is left to the system. */
const PATIENCE = 2;

/** Carries out one case. Throws a RecorderError where the program cannot begin. */
export async function record(one: Case, options: RecordOptions): Promise<Recorded> {
  const { results, cut } = await answers(one.steps, options);
  const steps = one.steps.map(({ op, args }, i): Step => ({ op, args, res: results[i] ?? { skipped: i === results.length ? cut : 'the process had ended' } }));
  return { case: { ...one, steps }, ...(cut === undefined ? {} : { cut: `step ${results.length} (${one.steps[results.length]?.op}): ${cut}` }) };
}

interface Answers { readonly results: readonly Result[]; readonly cut: string | undefined }

function answers(steps: readonly Step[], { program, seconds, allowVcpus, allowMemoryFailure, signal }: RecordOptions): Promise<Answers> {
  return new Promise((resolve, reject) => {
    const flags = [...(allowVcpus === true ? ['--allow-vcpus'] : []), ...(allowMemoryFailure === true ? ['--allow-memory-failure'] : [])];
    const child = spawn(program, flags, { cwd: '/', env: {}, stdio: 'pipe' });
    let out = '', problem = '', cut: string | undefined, left: NodeJS.Timeout | undefined;
    const finish = (): void => {
      clearTimeout(timer);
      clearTimeout(left);
      signal?.removeEventListener('abort', abort);
      const lines = out.split('\n').slice(0, -1);
      // A whole line is a result, however the process ended.
      const results = lines.map((line) => JSON.parse(line) as Result);
      resolve({ results, cut: results.length === steps.length ? undefined : cut ?? 'the process ended by itself' });
    };
    const end = (why: string): void => {
      cut ??= why;
      child.kill('SIGKILL');
      left ??= setTimeout(() => {
        cut = `${why}, and could not be: it hangs in the kernel`;
        child.unref();
        for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
        finish();
      }, PATIENCE * 1000);
    };
    const abort = (): void => end('the recording was interrupted, and the process ended');
    const timer = setTimeout(() => end(`no answer within ${seconds} s; the process was ended`), seconds * 1000);
    signal?.addEventListener('abort', abort);
    if (signal?.aborted === true) abort();
    child.stdout.setEncoding('utf8').on('data', (text: string) => { out += text; });
    child.stderr.setEncoding('utf8').on('data', (text: string) => { problem += text; });
    // Who ended early does not read on.
    child.stdin.on('error', () => {});
    child.stdin.end(steps.map((step) => `${lineOf(step)}\n`).join(''));
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(new RecorderError(`the recorder cannot be started: ${error.message}`));
    });
    child.on('close', (code, killed) => {
      if (code === 2) {
        clearTimeout(timer);
        reject(new RecorderError(`the recorder says: ${problem.trim()}`));
        return;
      }
      if (killed !== null) cut ??= `the process ended with ${killed}`;
      finish();
    });
  });
}
