import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { openScenario, openTrace } from '../../src/inspect/page/engine/open.ts';
import { Session } from '../../src/inspect/page/model.ts';
import { hashOf } from '../../src/runtime/prepared.ts';
import { eventsOfTrace } from '../../src/runtime/replay.ts';
import { compile } from '../../src/scenario/compile.ts';
import { builtinKernel } from '../../machines/kernels/index.ts';
import { traceInMemory } from '../../src/trace/source.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const deadlock = new Uint8Array(readFileSync(join(root, 'traces/sc22-deadlock.trace')));

/** A session that has been looked through. */
function looked(session: Session): Session {
  while (session.work(() => 0, 1));
  return session;
}

describe('a trace in the page', () => {
  const session = looked(new Session(openTrace('sc22', deadlock)));

  it('opens where it ended, and says how', () => {
    expect(session.ending()).toMatchObject({ why: 'deadlock', step: 22 });
    expect(session.answer).toBe(22);
  });

  it('has every step as an export has it', () => {
    const kernel = builtinKernel('v6.8')!;
    const source = traceInMemory('sc22', deadlock);
    expect(session.events(1, 22)).toEqual([...eventsOfTrace(source, kernel, compile(source.header.scenario, kernel))]);
  });

  it('says who waits for what, and who has it', () => {
    session.go(22);
    const waits = session.actors().filter((one) => one.blockedOn?.isLock).map(({ name, blockedOn, holders }) => [name, blockedOn!.name, holders.map((one) => one.name)]);
    expect(waits).toEqual([['main.gmem', 'folio_lock(pfn 1)', ['hw.mf']], ['hw.mf', 'invalidate_lock(inode 1)', ['main.gmem']]]);
    const held = session.actors().filter((one) => one.holds.length > 0).map(({ name, holds }) => [name, holds.map((one) => `${one.name} since ${one.since}`)]);
    expect(held).toEqual([['main.gmem', ['invalidate_lock(inode 1) since 7']], ['hw.mf', ['mf_mutex since 9', 'folio_lock(pfn 1) since 16']]]);
  });

  it('knows who waited from when on', () => {
    const { waits, holds } = session.scan;
    expect(Array.from({ length: waits.count }, (_one, row) => [session.names.actors[waits.get(row, 'actor')], session.names.object(waits.get(row, 'object')), waits.get(row, 'from')]))
      .toEqual([['hw.mf', 'invalidate_lock(inode 1)', 18], ['main.gmem', 'folio_lock(pfn 1)', 22]]);
    expect(holds.count).toBeGreaterThan(3);
  });
});

describe('a scenario in the page', () => {
  let session: Session;
  beforeAll(async () => { session = looked(new Session(await openScenario({ scenario: 'stress', seed: 7, steps: 20_000 }))); });

  it('is at any step what it is when it runs there', () => {
    const { plan } = session.world;
    const there = new Map<number, string>();
    for (const step of [0, 1, 4095, 4096, 4097, 8192, 12_345, 20_000]) {
      session.go(step);
      there.set(step, hashOf(session.world));
    }
    expect(there.get(20_000)).toBe(session.opened.footer!.hash);
    for (const step of [12_345, 4096, 0, 20_000, 1, 4097, 8192, 4095]) {
      session.go(step);
      expect(hashOf(session.world)).toBe(there.get(step));
      const before = session.world.words.slice(0, plan.stateWords);
      session.actors();
      expect(session.world.words.slice(0, plan.stateWords)).toEqual(before);
    }
  });

  it('has verdicts of all invariants when it has been looked through', () => {
    const verdicts = session.verdicts();
    expect(verdicts.filter(({ state }) => state === 'unknown' || state === 'violated')).toEqual([]);
    expect(verdicts.filter(({ state }) => state === 'held').length).toBeGreaterThan(15);
  });

  it('knows every step that touched an object, and who wrote a word last', () => {
    const event = session.events(9000, 9400).find(({ writes }) => writes.some(({ object }) => object === 'folio_ref'))!;
    const table = session.world.plan.byName.get('folio_ref')!;
    const pfn = event.writes.find(({ object }) => object === 'folio_ref')!.at['pfn'] as number;
    const id = table.firstId + pfn;
    const steps = session.touched([id]).filter(({ wrote }) => wrote.length > 0).map(({ step }) => step);
    expect(steps).toContain(event.step);
    session.go(event.step);
    expect(session.lastWriter(id, table.base + pfn * table.words)).toBe(event.step);
    expect(session.lastWriter(id, table.base + pfn * table.words, event.step - 1)).toBe(steps[steps.indexOf(event.step) - 1]);
  });
});

describe('taking over', () => {
  it('lets another actor go first, and SC22 comes to its end', () => {
    const session = looked(new Session(openTrace('sc22', deadlock)));
    // In front of the punch's look-up of the folio, the handler of the error has not asked for invalidate_lock so far.
    session.go(8);
    for (let k = 0; k < 200; k++) {
      const next = session.actors().find((one) => one.enabled && one.name.startsWith('main')) ?? session.actors().find((one) => one.enabled);
      if (next === undefined) break;
      session.choose(next.number);
    }
    expect(session.actors().filter((one) => !one.leaf.idle)).toEqual([]);
    expect(session.forkedAt).toBe(8);
    looked(session);
    expect(session.verdicts().filter(({ state }) => state === 'violated')).toEqual([]);
    const hash = hashOf(session.world);
    session.go(3);
    session.go(session.length);
    expect(hashOf(session.world)).toBe(hash);
  });
});
