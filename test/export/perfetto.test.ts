// Perfetto's trace, decoded by a reader of its own and held against the archive; protoc reads the bytes too, and knows nothing of either.

import { describe, expect, it } from 'vitest';
import { perfetto } from '../../src/export/perfetto.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import type { Scenario } from '../../src/scenario/types.ts';
import { allEvents, archivedEvents, type Expected } from '../support/expected-events.ts';
import { archived } from '../support/exported.ts';
import { exportedParts } from '../support/exported-parts.ts';
import { missingTool, printedBy } from '../support/foreign-tools.ts';
import { readPerfetto, type ReadEvent, type ReadTrace } from '../support/perfetto-reader.ts';
import { record, type Recorded } from '../support/recorded.ts';
import { wideExport, WIDE_VALUES } from '../support/wide.ts';

const missing = missingTool('protoc');

async function stress(): Promise<{ recorded: Recorded; scenario: Scenario; bytes: Buffer; trace: ReadTrace }> {
  const scenario = builtinScenario('stress')!;
  const recorded = await record(scenario, { limits: { steps: 4000 } });
  const { bytes } = exportedParts(perfetto, recorded, scenario);
  return { recorded, scenario, bytes, trace: readPerfetto(bytes) };
}

/** Slices and instants as events of the archive. */
function read({ tracks, events }: ReadTrace): Expected[] {
  return events.filter(({ type }) => type !== 'end').map(({ type, ns, track, name, annotations }) => {
    const actor = tracks.get(track)!.name;
    if (type === 'instant') return { actor, step: ns / 1000n, name: name!, fields: annotations };
    return { actor, step: ns / 1000n, name: 'faultline_step', fields: { choice: -1n, choices: 0n, ...annotations, name: name! } };
  });
}

describe('a trace for Perfetto', () => {
  it('has the steps and messages of the archive, and the events of the kernel between them', async () => {
    const { recorded, scenario, trace } = await stress();
    expect(read(trace)).toEqual(allEvents(recorded, scenario));
    expect(read(trace).filter(({ name }) => name.startsWith('faultline_'))).toEqual(archivedEvents(recorded, scenario));
  });

  it('has a track for each actor below that of the run, and slices that end before the next begins', async () => {
    const { recorded, scenario, trace: { tracks, events } } = await stress();
    const actors = new Set(archived(recorded, scenario).map(({ actor }) => actor));
    const names = [...tracks.values()].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const actor of actors) expect(names).toContain(actor);
    expect([...tracks.values()].filter(({ parent }) => parent === undefined).map(({ name }) => name)).toEqual(['faultline: stress on v6.8, a step is a microsecond']);
    const open = new Map<bigint, ReadEvent>();
    let last = 0n;
    for (const event of events) {
      expect(event.ns).toBeGreaterThanOrEqual(last);
      last = event.ns;
      if (event.type === 'begin') {
        expect(open.has(event.track)).toBe(false);
        open.set(event.track, event);
      } else expect(open.has(event.track)).toBe(true);
      if (event.type === 'end') open.delete(event.track);
    }
    expect(open.size).toBe(0);
  });

  it('has an arrow for each message, from the step that sends it to the one that reads it', async () => {
    const { recorded, scenario, trace: { tracks, events } } = await stress();
    const sent = new Map(events.flatMap((event) => event.flows.map((flow) => [flow, event] as const)));
    const read = events.flatMap((event) => event.endingFlows.map((flow) => [flow, event] as const));
    const messages = archived(recorded, scenario).flatMap((step) => step.messages).filter(({ to }) => to !== 'outside');
    expect([...sent.values()].map(({ ns, track }) => [Number(ns) / 1000, tracks.get(track)!.name])).toEqual(messages.map(({ step, from }) => [step, from]));
    expect(new Set(read.map(([flow]) => flow)).size).toBe(read.length);
    const receivers = new Map([...sent.keys()].map((flow, i) => [flow, messages[i]!]));
    for (const [flow, event] of read) {
      const { message, to } = receivers.get(flow)!;
      // The interrupts of a vCPU have an actor of their own, to which an IPI comes; a signal is for a thread by its number.
      if (message !== 'signal') expect(tracks.get(event.track)!.name).toBe(message === 'ipi' ? to.replace('vcpu', 'irq') : to);
      expect(event.ns).toBeGreaterThan(sent.get(flow)!.ns);
    }
    // Of the mailbox: who gets a second message has read the first. Only what is last may still be underway.
    const arrived = new Set(read.map(([flow]) => flow));
    const lost = [...receivers].filter(([flow, { to, message }], i, all) => !arrived.has(flow) && !['ipi', 'interrupt', 'signal'].includes(message) && all.slice(i + 1).some(([, later]) => later.to === to && !['ipi', 'interrupt', 'signal'].includes(later.message)));
    expect(lost).toEqual([]);
    expect(read.length).toBeGreaterThan(messages.length / 2);
  });

  it('has one number for the slices of a fault, from the walk that fails on', async () => {
    const { recorded, scenario, trace: { events } } = await stress();
    const walks = archived(recorded, scenario).filter(({ name, outcome }) => name === 'guest.walk' && outcome === 'violation');
    const faults = new Map<bigint, ReadEvent[]>();
    for (const event of events) if (event.type === 'begin' && event.correlation !== undefined) faults.set(event.correlation, [...faults.get(event.correlation) ?? [], event]);
    expect([...faults.values()].map(([first]) => Number(first!.ns) / 1000)).toEqual(walks.map(({ step }) => step));
    for (const slices of faults.values()) {
      expect(new Set(slices.map(({ track }) => track)).size).toBe(1);
      for (const { annotations } of slices) expect(annotations['state']).toContain('.tlbMiss.');
    }
    expect(events.filter(({ type, annotations, correlation }) => type === 'begin' && correlation === undefined && /\.tlbMiss\.fault/.test(String(annotations['state'])))).toEqual([]);
  });

  it('keeps all 64 bits and texts of any length', () => {
    const { events } = readPerfetto(wideExport(perfetto).bytes);
    expect(events.find(({ name }) => name === 'kvm_hypercall')!.annotations).toMatchObject({ a0: WIDE_VALUES[0], a1: WIDE_VALUES[1], a2: WIDE_VALUES[2] });
    expect(events.find(({ name }) => name === 'faultline_message')!.annotations['content']).toBe(JSON.stringify({ text: 'x'.repeat(5000) }));
    expect(events.at(-1)!.ns).toBe(2_000_000_001_000n);
  });
});

describe('protoc', () => {
  it('is there on CI', () => {
    if (missing !== undefined) process.stderr.write(`what protoc reads is left out: ${missing}\n`);
    expect(process.env['CI'] === 'true' ? missing : undefined).toBeUndefined();
  });

  it.skipIf(missing !== undefined)(`reads as many packets, events, slices and arrows${missing === undefined ? '' : ` (left out: ${missing})`}`, async () => {
    const { bytes, trace } = await stress();
    const text = printedBy('protoc', ['--decode_raw'], bytes);
    const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
    expect(count(/^1 \{$/gm)).toBe(trace.packets);
    expect(count(/^ {2}11 \{$/gm)).toBe(trace.events.length);
    expect(count(/^ {2}60 \{$/gm)).toBe(trace.tracks.size);
    expect(count(/^ {4}47: 0x[0-9a-f]{16}$/gm)).toBe(trace.events.flatMap(({ flows }) => flows).length);
    expect([...text.matchAll(/^ {2}8: (\d+)$/gm)].map(([, ns]) => BigInt(ns!))).toEqual(trace.events.map(({ ns }) => ns));
    expect([...text.matchAll(/^ {2}11 \{\n {4}9: (\d)$/gm)].map(([, type]) => [undefined, 'begin', 'end', 'instant'][Number(type)])).toEqual(trace.events.map(({ type }) => type));
  });
});
