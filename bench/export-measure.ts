// One figure of npm run bench:export, in a process of its own: TRACE FORMAT exports a trace to nothing but a file that is taken away
// again, and prints steps, seconds of processor time and of a clock, bytes, and the most memory that the process had, in MB. FORMAT `replay`: makes the events
// and drops them; `FORMAT only`: writes the same few thousand events again and again, without making them.

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exported } from '../src/cli/export-loop.ts';
import { fileSink, folderSink } from '../src/cli/export-sink.ts';
import { openReplayable } from '../src/cli/traces.ts';
import type { Exporter, Piece } from '../src/export/exporter.ts';
import { exporters } from '../src/export/index.ts';
import { eventsOfTrace } from '../src/runtime/replay.ts';

const [trace, format = 'replay', only] = process.argv.slice(2);
const open = openReplayable(trace, false);
/** Events that are kept to be written again and again. */
const KEPT = 5000, TIMES = 40;

/** Starts a clock; prints what it shows when it is told what was done. */
function clock(): (steps: number, bytes: number) => void {
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  return (steps, bytes) => {
    const { user, system } = process.cpuUsage(cpu);
    process.stdout.write(`${steps} ${(user + system) / 1e6} ${(performance.now() - began) / 1000} ${bytes} ${process.resourceUsage().maxRSS / 1024}\n`);
  };
}

function bytesOf(path: string): number {
  const there = statSync(path);
  return there.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0) : there.size;
}

function replayOnly(): void {
  const print = clock();
  let steps = 0;
  for (const _event of eventsOfTrace(open.source, open.kernel, open.topology)) steps++;
  print(steps, 0);
}

function writeOnly(exporter: Exporter): void {
  const events = [...eventsOfTrace(open.source, open.kernel, open.topology, 1, KEPT)];
  let bytes = 0;
  const parts = { append: (_part: string, more: Uint8Array): void => { bytes += more.length; } };
  const writer = exporter.open(open.source.header, open.topology.actors, open, parts);
  const count = (piece: Piece): void => { bytes += typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length; };
  count(writer.header());
  const print = clock();
  let step = 0;
  for (let time = 0; time < TIMES; time++) {
    // Only the numbers go on.
    for (const event of events) count(writer.step(Object.assign(event, { step: ++step })));
  }
  print(step, bytes);
}

async function whole(exporter: Exporter): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'faultline-bench-'));
  try {
    const path = join(folder, 'export');
    const sink = exporter.folder ? folderSink(path) : fileSink(path);
    const print = clock();
    const steps = await exported(open, exporter, sink, { from: 1, to: Infinity });
    sink.finish();
    print(steps, bytesOf(path));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const exporter = exporters.find(({ name }) => name === format);
if (exporter === undefined) replayOnly();
else if (only === 'only') writeOnly(exporter);
else await whole(exporter);
