// npm run bench:export: how fast a trace goes out in each format, against NDJSON in the same run: the writer alone, the replay that makes the
// events alone, and both with the file. Every figure comes from a process of its own; a second is one of a clock, and in brackets one of
// processor time, in which what collects garbage and compiles beside the export counts too. Memory is the most that a process had, for a trace of
// a tenth of the steps and for the whole one; both run once more for that, with a heap of HEAP MB, so that garbage does not count.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [steps = '1000000', ...formats] = process.argv.slice(2);
const FORMATS = formats.length > 0 ? formats : ['ndjson', 'ftrace', 'tracedat', 'ctf', 'perfetto'];
/** Events a second that are wanted, and MB of the heap. */
const WANTED = 200_000, HEAP = 64;

const script = fileURLToPath(new URL('./export-measure.js', import.meta.url));
const bin = fileURLToPath(new URL('../../bin/faultline.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'faultline-bench-'));

/** Steps a second, by processor time and by a clock; bytes of a step; MB. */
interface Figures { readonly cpu: number; readonly rate: number; readonly bytes: number; readonly megabytes: number }
function measured(args: readonly string[], options: readonly string[] = []): Figures {
  const [count, cpu, seconds, bytes, megabytes] = execFileSync(process.execPath, [...options, script, ...args], { encoding: 'utf8' }).trim().split(' ').map(Number) as [number, number, number, number, number];
  return { cpu: count / cpu, rate: count / seconds, bytes: bytes / count, megabytes };
}
const memoryOf = (...args: readonly string[]): string => `${measured(args, [`--max-old-space-size=${HEAP}`]).megabytes.toFixed(0)} MB`;
function recorded(name: string, most: number): string {
  const trace = join(folder, name);
  execFileSync(process.execPath, [bin, 'run', 'stress', '--steps', String(most), '--trace', trace], { stdio: 'ignore' });
  return trace;
}
const thousands = ({ rate, cpu }: Figures): string => `${(rate / 1000).toFixed(0).padStart(5)} (${(cpu / 1000).toFixed(0)}) k/s`;

try {
  const small = recorded('small.trace', Math.ceil(Number(steps) / 10));
  const large = recorded('large.trace', Number(steps));
  const replay = measured([large, 'replay']);
  process.stdout.write(`scenario stress, ${steps} steps; an event is a step with all that the format says of it; wanted ${WANTED / 1000} k/s\n`);
  process.stdout.write(`  ${'replay alone'.padEnd(12)}${thousands(replay)}\n`);
  let base: number | undefined;
  for (const format of FORMATS) {
    const alone = measured([large, format, 'only']);
    const whole = measured([large, format]);
    base ??= whole.bytes;
    process.stdout.write(`  ${format.padEnd(12)}writer ${thousands(alone)}   whole ${thousands(whole)}   ${whole.bytes.toFixed(0).padStart(4)} B/event (${(whole.bytes / base).toFixed(2)} x)`
      + `   memory ${memoryOf(small, format)}, ${memoryOf(large, format)}\n`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
