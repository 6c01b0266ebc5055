// npm run bench:threads: the runtime threads against plain XState actors on one thread, and against actors in workers that talk
// through postMessage. Every figure comes from a process of its own, in the same run; prints medians, and ratios with what is wanted.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const [rounds = '3'] = process.argv.slice(2);
const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const measured = (name: string, ...args: string[]): number[] => execFileSync(process.execPath, [script(name), ...args], { encoding: 'utf8' }).trim().split(' ').map(Number);

/** What is measured, and how: the first number that it prints is steps, or messages, a second of time, the second one of processor time. */
const parts: Readonly<Record<string, () => number[]>> = {
  xstate: () => measured('./measure.js', 'xstate', 'stress').map((ns) => 1e9 / ns),
  'one, unrecorded': () => measured('./measure-threads.js', 'stress', '1', 'unrecorded'),
  'one, recorded': () => measured('./measure-threads.js', 'stress', '1', 'unchecked'),
  'one, checked': () => measured('./measure-threads.js', 'stress', '1', 'checked'),
  'one, analysed': () => measured('./measure-threads.js', 'stress', '1', 'analysed'),
  'two, unrecorded': () => measured('./measure-threads.js', 'stress', '2', 'unrecorded'),
  'two, recorded': () => measured('./measure-threads.js', 'stress', '2', 'unchecked'),
  'two, checked': () => measured('./measure-threads.js', 'stress', '2', 'checked'),
  'apart, one': () => measured('./measure-threads.js', 'apart', '1', 'unrecorded'),
  'apart, two': () => measured('./measure-threads.js', 'apart', '2', 'unrecorded'),
  'message, recorded': () => measured('./measure-messages.js', 'steps'),
  'message, between workers': () => measured('./measure-messages.js', 'workers'),
  'post, stream': () => measured('./measure-messages.js', 'post-stream'),
  'post, answered': () => measured('./measure-messages.js', 'post-answered'),
  'ring': () => measured('./measure-messages.js', 'ring'),
};

const taken: Record<string, number[][]> = {};
for (let round = 0; round < Number(rounds); round++) for (const [name, measure] of Object.entries(parts)) (taken[name] ??= []).push(measure());
const rate = (name: string, which = 0): number => median(taken[name]!.map((one) => one[which] ?? one[0]!));

const line = (label: string, value: string, wanted = ''): void => { process.stdout.write(`  ${label.padEnd(52)} ${value.padStart(12)}${wanted === '' ? '' : `   wanted ${wanted}`}\n`); };
const k = (name: string): string => `${(rate(name) / 1000).toFixed(0)} k/s`;
const times = (a: number, b: number): string => `${(a / b).toFixed(2)} x`;

process.stdout.write(`stress, median of ${rounds} rounds\n`);
line('plain XState actors, one thread', k('xstate'));
for (const [workers, label] of [['one', 'one worker'], ['two', 'two workers']] as const) {
  for (const how of ['unrecorded', 'recorded', 'checked']) line(`${label}, ${how === 'checked' ? 'recorded, all invariants live' : how}`, k(`${workers}, ${how}`));
}
line('one worker, the same with all analyses', k('one, analysed'));
line('one worker, recorded / plain XState', times(rate('one, recorded'), rate('xstate')), 'at least 25 x');
line('one worker, recorded / unrecorded', times(rate('one, recorded'), rate('one, unrecorded')), 'at least 0.80 x');
line('one worker, checked / recorded', times(rate('one, checked'), rate('one, recorded')), 'about 1: the shadow keeps up');
process.stdout.write('two VMs that share nothing\n');
line('one worker', k('apart, one'));
line('two workers', k('apart, two'));
line('two / one worker, steps per processor second', times(rate('apart, two', 1), rate('apart, one', 1)), 'at least 0.90 x');
line('two / one worker, steps per second', times(rate('apart, two'), rate('apart, one')), '1.80 x on two idle cores');
line('the same on stress, where they contend', times(rate('two, unrecorded', 1), rate('one, unrecorded', 1)));
process.stdout.write('messages\n');
line('postMessage, a stream of them', k('post, stream'));
line('postMessage, each answered', k('post, answered'));
line('from send step to receive step, recorded', k('message, recorded'));
line('the same between two workers, each answered', k('message, between workers'));
line('raw log ring, a stream of them', k('ring'));
line('send to receive step / postMessage', times(rate('message, recorded'), rate('post, stream')), 'at least 3 x');
line('between workers / postMessage, answered', times(rate('message, between workers'), rate('post, answered')), 'at least 3 x');
line('raw ring / postMessage', times(rate('ring'), rate('post, stream')), 'at least 25 x');
