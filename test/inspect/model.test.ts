import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { standOnAnswer } from '../../src/inspect/page/engine/answer.ts';
import { deadlockOf, deadlockSentence } from '../../src/inspect/page/engine/deadlock.ts';
import { groupsOf, rowOfGroup, rowsOf } from '../../src/inspect/page/engine/lane-groups.ts';
import { placeOf } from '../../src/inspect/page/engine/names.ts';
import { openScenario, openTrace } from '../../src/inspect/page/engine/open.ts';
import { traceOf } from '../../src/inspect/page/engine/save-trace.ts';
import { eachSpan, OPEN, spansUpTo } from '../../src/inspect/page/engine/spans.ts';
import { Session } from '../../src/inspect/page/model.ts';
import { hashOf } from '../../src/runtime/prepared.ts';
import { Random } from '../../src/runtime/random.ts';
import { eventsOfTrace } from '../../src/runtime/replay.ts';
import type { Topology } from '../../src/scenario/topology.ts';
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

  it('notices that a fork ends in a deadlock, who waits for whom in it, and that another one does not', () => {
    const session = looked(new Session(openTrace('sc22', deadlock)));
    const order = Array.from({ length: 14 }, (_one, k) => session.records.actor(9 + k));
    session.go(8);
    for (const actor of order) {
      if (session.forkedAt !== undefined) expect(session.ending()).toBeUndefined();
      session.choose(actor);
    }
    expect(session.ending()).toEqual({ why: 'deadlock', step: 22, sentence: 'nobody can go on' });
    expect(session.answer).toBe(22);
    const { waits } = session.deadlock!;
    expect(waits.filter(({ object }) => !object.startsWith('mailbox'))).toEqual([
      { actor: 'main.gmem', object: 'folio_lock(pfn 1)', holders: ['hw.mf'] }, { actor: 'hw.mf', object: 'invalidate_lock(inode 1)', holders: ['main.gmem'] },
    ]);
    // Another order from there is another run: that one is kept, with what it has come to.
    session.go(8);
    session.choose(session.actors().find((one) => one.name === 'main.gmem')!.number);
    expect([session.deadlock, session.ending()]).toEqual([undefined, undefined]);
    session.show(1);
    expect(session.ending()?.why).toBe('deadlock');
    // Saved as a trace it ends the same.
    const saved = openTrace('saved', traceOf(session));
    expect(saved.footer).toEqual({ why: 'deadlock', steps: 22, hash: openTrace('sc22', deadlock).footer!.hash });
    expect([saved.runtime, saved.kernel.name, saved.records.batch(1, 22)]).toEqual(['simulate', 'v6.8', session.records.batch(1, 22)]);
  });

  it('stands on what is broken as soon as that is found, where the trace does not say how it ended; not where somebody has gone elsewhere', async () => {
    const opened = { ...await openScenario({ scenario: 'SC26', seed: 2 }), footer: undefined };
    const [untouched, moved] = [new Session(opened), new Session(opened)];
    for (const one of [untouched, moved]) standOnAnswer(one);
    moved.go(3);
    expect([looked(untouched).at, looked(moved).at]).toEqual([41, 3]);
  });

  it('notices those who wait for each other while others go on', () => {
    const other = new Session(openTrace('sc22', deadlock));
    other.go(22);
    const views = other.actors();
    // Somebody who can go on all the time.
    const busy = { ...views.find((one) => one.leaf.idle)!, name: 'busy', enabled: true };
    const found = deadlockOf([...views, busy])!;
    expect(found.everybody).toBe(false);
    expect(deadlockSentence(found)).toBe('main.gmem waits for folio_lock(pfn 1) of hw.mf, which waits for invalidate_lock(inode 1) of main.gmem');
    expect(deadlockOf(views)!.everybody).toBe(true);
    other.go(20);
    expect(deadlockOf(other.actors())).toBeUndefined();
  });
});

describe('lanes in groups', () => {
  it('are those of each VM, with the threads that run its vCPUs, and the host\'s; few lanes of one VM have none', async () => {
    const topologyOf = async (scenario: string): Promise<Topology> => (await openScenario({ scenario, seed: 1, steps: 10 })).topology;
    const stress = await topologyOf('stress');
    const all = stress.actors.map((_one, k) => k + 1);
    const [vm, host] = groupsOf(stress, all);
    const names = (actors: readonly number[]): string[] => actors.map((number) => stress.actors[number - 1]!.name);
    expect([vm!.name, host!.name]).toEqual(['vm0', 'host']);
    expect(names(vm!.actors)).toEqual(expect.arrayContaining(['vcpu3', 'irq0', 'cpu2', 'cpu2.gmem', 'vm0']));
    expect(names(host!.actors)).toEqual(expect.arrayContaining(['puncher', 'puncher.gmem', 'errors.mf', 'gmem:1']));
    expect([...vm!.actors, ...host!.actors].toSorted((a, b) => a - b)).toEqual(all);
    expect(groupsOf(await topologyOf('SC22'), [1, 2, 8, 9])).toEqual([]);
    // A group that is shut is its own row only.
    const rows = rowsOf([vm!, host!], all, new Set(['vm0']));
    expect(rows).toEqual([rowOfGroup(0), rowOfGroup(1), ...host!.actors]);
  });
});

describe('spans', () => {
  it('of any part of a run are those that a walk over all finds, also while they grow and end', () => {
    const random = new Random(5);
    const spans = spansUpTo(undefined, 0);
    const rows: { from: number; to: number }[] = [];
    let step = 0;
    for (let round = 0; round < 40; round++) {
      for (let k = 0; k < 90; k++) {
        step += random.below(3);
        const to = random.below(4) === 0 ? OPEN : step + random.below(random.below(9) === 0 ? 4000 : 20);
        rows.push({ from: step, to });
        spans.add({ actor: 1, object: 2, from: step, to, mode: 0 });
      }
      for (let row = 0; row < rows.length; row++) {
        if (rows[row]!.to !== OPEN || random.below(6) > 0) continue;
        rows[row]!.to = step;
        spans.set(row, 'to', step);
      }
      for (const [from, until] of [[0, step], [step, step], [step / 2, step / 2 + 9], [random.below(step), step], [1, 0]] as const) {
        const found: number[] = [];
        eachSpan(spans, from, until, round === 39, (row) => found.push(row));
        expect(found).toEqual(rows.flatMap((one, row) => (one.from <= until && one.to >= from ? [row] : [])));
      }
    }
  });
});

it('values are said in words, before as well as after: states, owners, who queues for a lock', () => {
  const session = looked(new Session(openTrace('sc22', deadlock)));
  const said = (step: number): string[] => session.event(step)!.writes.filter(({ object, old, value }) => object !== 'frame' && object !== 'mailbox' && old !== value)
    .map((one) => `${placeOf(one)} ${session.names.value(one, one.old!)} → ${session.names.value(one, one.value)}`);
  expect(said(9)).toEqual(['mf_mutex.owner none → hw.mf']);
  expect(said(14)).toEqual(['folio_ref(pfn 1).refcount 1 → 2']);
  const gmem = session.names.actors.indexOf('main.gmem');
  const queue = { object: 'mmu_lock', at: { vm: 0 }, field: 'queue', element: 0, value: -gmem };
  expect([0, gmem, -gmem].map((one) => session.names.value(queue, one))).toEqual(['none', 'main.gmem', 'main.gmem to write']);
});
