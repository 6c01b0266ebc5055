// A run on real threads that goes on while somebody looks: counters that miss nothing, places of actors as samples, and at any moment the
// whole trace of the lap so far, which opens like any other. A lap is a run of so many steps; then another one begins, with the next seed, so
// that memory is bounded however long it goes on.

import type { ServerResponse } from 'node:http';
import { invariants } from '../check/invariants/index.ts';
import type { Kernel } from '../kernel/define.ts';
import { Meter } from '../runtime/metrics.ts';
import type { Run, RunResult, ThreadOptions } from '../runtime/run.ts';
import { Tally } from '../runtime/tally.ts';
import { threads } from '../runtime/threads/index.ts';
import type { Topology } from '../scenario/topology.ts';
import type { Scenario } from '../scenario/types.ts';
import { RECORD, type TraceBatch } from '../trace/batch.ts';
import { encodeBatch, encodeFooter, encodeHeader, joined } from '../trace/encode.ts';
import { PACKAGE_VERSION } from '../trace/fingerprints.gen.ts';
import { outcomeNames } from '../trace/outcomes.ts';
import type { Sample } from './sample.ts';

/** Milliseconds between two samples. */
const SAMPLE_MS = 250;

export interface LiveOptions {
  readonly kernel: Kernel;
  readonly kernelText?: { readonly file: string; readonly text: string } | undefined;
  readonly fingerprint: string;
  readonly scenario: Scenario;
  readonly topology: Topology;
  readonly seed: number;
  /** Steps of a lap. */
  readonly steps: number;
  readonly threads: ThreadOptions;
}

export class LiveRun {
  private readonly options: LiveOptions;
  private readonly meter: Meter;
  private readonly places: [number, number][];
  private readonly stepsOf: number[];
  private readonly listeners = new Set<ServerResponse>();
  private batches: TraceBatch[] = [];
  private header: Uint8Array = new Uint8Array(0);
  /** Trace of the lap before. */
  private before: Uint8Array = new Uint8Array(0);
  private run: Run | undefined;
  private readonly tally: Tally;
  private lap = 0;
  private steps = 0;
  private all = 0;
  private sampled = { at: 0, all: 0 };
  private result: RunResult | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(options: LiveOptions) {
    this.options = options;
    this.meter = new Meter(options.kernel);
    this.tally = new Tally({ table: options.kernel.table, topology: options.topology });
    this.places = options.topology.actors.map(() => [-1, 0]);
    this.stepsOf = options.topology.actors.map(() => 0);
  }

  /** Runs lap after lap, until something breaks or `stop` is called. Rejects when a thread dies. */
  async start(): Promise<void> {
    this.timer = setInterval(() => this.tell(), SAMPLE_MS);
    try {
      while (!this.stopped) {
        this.result = undefined;
        const result = await this.oneLap();
        this.result = result;
        if (result.why !== 'steps' && result.why !== 'finished') break;
        this.before = this.trace();
      }
    } finally {
      clearInterval(this.timer);
      this.tell();
    }
  }

  stop(): void {
    this.stopped = true;
    this.run?.stop();
  }

  /** Sends samples to a page until it goes away. One that cannot follow gets fewer of them; their counters are whole. */
  listen(response: ServerResponse): void {
    this.listeners.add(response);
    response.on('close', () => this.listeners.delete(response));
    response.write(`data: ${JSON.stringify(this.sample())}\n\n`);
  }

  /** The trace of this lap so far; of the one before as long as this one has not begun. */
  trace(): Uint8Array {
    if (this.steps === 0 && this.before.length > 0) return this.before;
    const { why, steps, hash, violation } = this.result ?? { why: 'interrupted', steps: this.steps, hash: '', violation: undefined } as const;
    return joined([this.header, ...this.batches.map(encodeBatch), encodeFooter({ why, steps, hash, ...(violation === undefined ? {} : { violation: { id: violation.id, sentence: violation.sentence } }) })]);
  }

  private oneLap(): Promise<RunResult> {
    const { kernel, kernelText, fingerprint, scenario, topology, steps, threads: how } = this.options;
    const seed = this.options.seed + this.lap;
    this.lap++;
    this.steps = 0;
    this.batches = [];
    const run = threads.open({ kernel, kernelText, topology, scenario, seed, invariants, limits: { steps }, threads: how });
    this.run = run;
    this.header = encodeHeader({
      faultline: PACKAGE_VERSION, runtime: threads.name, kernel: kernel.name, ...(kernelText === undefined ? {} : { kernelText }), scenario: scenario as unknown as Record<string, unknown>,
      seed, fingerprint, leaves: kernel.table.leaves.length, outcomes: outcomeNames(kernel.table), start: run.startHash,
    });
    run.batches.subscribe((batch) => this.take(batch));
    return run.start();
  }

  private take(batch: TraceBatch): void {
    const { records, count } = batch;
    this.tally.take(batch);
    this.batches.push(batch);
    this.steps += count;
    this.all += count;
    for (let at = 0; at < count * RECORD.WORDS; at += RECORD.WORDS) {
      const actor = records[at]!;
      if (actor === 0) continue;
      this.stepsOf[actor - 1]! += 1;
      const place = this.places[actor - 1]!;
      place[0] = records[at + RECORD.LEAF]!;
      place[1] = records[at + RECORD.OUTCOME]!;
    }
  }

  private sample(): Sample {
    const now = performance.now();
    const perSecond = this.sampled.at === 0 ? 0 : Math.round((this.all - this.sampled.all) / ((now - this.sampled.at) / 1000));
    const { lap, steps, all, places, stepsOf, options, result } = this;
    const metrics = this.meter.of(this.tally);
    const sentence = result?.violation === undefined ? undefined : `${result.violation.id}: ${result.violation.sentence}`;
    return {
      lap, seed: options.seed + Math.max(0, lap - 1), steps, all, perSecond, places, stepsOf, metrics, taken: this.tally.taken(),
      ...(result === undefined ? {} : { ended: { why: result.why, ...(sentence === undefined ? {} : { sentence }) } }),
    };
  }

  private tell(): void {
    const text = `data: ${JSON.stringify(this.sample())}\n\n`;
    this.sampled = { at: performance.now(), all: this.all };
    for (const response of this.listeners) if (!response.writableNeedDrain) response.write(text);
  }
}
