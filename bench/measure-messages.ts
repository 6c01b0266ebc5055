// Messages a second, one way of sending them at a time: `steps` from send step to receive step on one worker, recorded; `workers` the
// same between two, each answered before the next; `post-stream` and `post-answered` through postMessage between two threads, which
// do nothing else with them; `ring` through the raw log ring.

import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { kernels } from '../machines/kernels/index.ts';
import { LogReader, LogWriter, makeLog } from '../src/runtime/threads/log.ts';
import { ThreadsRun } from '../src/runtime/threads/index.ts';
import { close, createGmem, forever, scenario } from '../src/scenario/builder.ts';
import { compile } from '../src/scenario/compile.ts';

/** A thread that closes what is closed, again and again: a request and its answer are two messages. */
const calls = scenario({
  name: 'calls', vms: [{}], setup: [createGmem('A', 1), close('A')], threads: [{ name: 'main', program: [forever([close('A')])] }],
  placement: { main: 0, 'main.gmem': 1 },
});
const COUNT = 300_000;
const RECORD = 4;

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

/** Steps a second of `calls`. */
async function stepsASecond(workers: number): Promise<number> {
  const kernel = kernels.find((one) => one.name === 'v6.8')!;
  const run = new ThreadsRun({ kernel, topology: compile(calls, kernel), seed: 1, threads: { workers } });
  const ended = run.start();
  const all = (): number => run.workerSteps().reduce((sum, steps) => sum + steps, 0);
  while (all() === 0) await pause(10);
  await pause(1000);
  const before = all();
  const began = performance.now();
  await pause(2000);
  const rate = (all() - before) / (performance.now() - began) * 1000;
  run.stop();
  const result = await ended;
  if (result.why !== 'interrupted') throw new Error(`calls ended by itself: ${result.why}`);
  // On one worker the two steps of a message are what it costs; between two, what lies around them is part of it.
  return workers === 1 ? rate / 2 : rate * 2 / STEPS_OF_CALL;
}
/** Steps of one call: vmm.next, op.receive, the call itself, op.reply, vmm.receiveReply. */
const STEPS_OF_CALL = 5;

/** Milliseconds until the other thread has had COUNT messages, or answered them one after the other. */
function posted(how: string): Promise<number> {
  return new Promise((resolve) => {
    const other = new Worker(new URL(import.meta.url), { workerData: { how } });
    let sent = 0;
    let began = 0;
    other.on('message', () => {
      if (began === 0) {
        began = performance.now();
        if (how === 'post-stream') for (let k = 0; k < COUNT; k++) other.postMessage({ type: 'ok', actor: k & 7 });
        else other.postMessage({ type: 'ok', actor: 0 });
        return;
      }
      if (how === 'post-answered' && ++sent < COUNT / 10) {
        other.postMessage({ type: 'ok', actor: sent & 7 });
        return;
      }
      resolve(performance.now() - began);
      void other.terminate();
    });
  });
}

/** The other end of `posted`. */
function answer(how: string): void {
  let heard = 0;
  parentPort!.on('message', () => { if (how === 'post-answered' || ++heard === COUNT) parentPort!.postMessage('heard'); });
  parentPort!.postMessage('up');
}

/** Milliseconds in which the other thread writes so many records and this one reads them. */
function ringed(count: number): Promise<number> {
  const log = makeLog(1 << 18);
  const reader = new LogReader(log);
  return new Promise((resolve) => {
    const other = new Worker(new URL(import.meta.url), { workerData: { how: 'ring', log, count } });
    other.once('message', () => {
      const began = performance.now();
      other.postMessage('go');
      let sum = 0;
      for (let k = 0; k < count; k++) {
        while (!reader.waiting());
        sum = (sum + reader.peek(0)) | 0;
        reader.skip(RECORD);
        if ((k & 63) === 0) reader.release();
      }
      const took = performance.now() - began;
      if (sum !== ((count * (count - 1)) / 2 | 0)) throw new Error('the ring has lost something');
      resolve(took);
      void other.terminate();
    });
  });
}

function writeRing(log: SharedArrayBuffer, count: number): void {
  const writer = new LogWriter(log);
  parentPort!.once('message', () => {
    for (let k = 0; k < count; k++) {
      writer.reserve(RECORD, () => {});
      for (let w = 0; w < RECORD; w++) writer.put(k);
      if ((k & 63) === 63) writer.publish();
    }
    writer.publish();
  });
  parentPort!.postMessage('up');
}

if (!isMainThread) {
  const { how, log, count } = workerData as { how: string; log: SharedArrayBuffer; count: number };
  if (how === 'ring') writeRing(log, count);
  else answer(how);
} else {
  const how = process.argv[2]!;
  const RING = 5_000_000;
  const rate = how === 'steps' ? await stepsASecond(1) : how === 'workers' ? await stepsASecond(2)
    : how === 'ring' ? RING / (await ringed(RING)) * 1000
      : how === 'post-stream' ? COUNT / (await posted(how)) * 1000 : 2 * (COUNT / 10) / (await posted(how)) * 1000;
  process.stdout.write(`${rate}\n`);
}
