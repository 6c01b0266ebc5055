import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import noStaleTest from '../../examples/no-stale-test.ts';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { v6_8_fixed } from '../../machines/kernels/v6.8-fixed.ts';
import { knownAs, readKnown, shrunkHash } from '../../src/explore/known.ts';
import { namedSchedule } from '../../src/explore/named-schedule.ts';
import { replaySchedule } from '../../src/explore/replay-schedule.ts';
import { readSchedule, scheduleOfTrace, traceOfSchedule } from '../../src/explore/schedule-trace.ts';
import { shrink } from '../../src/explore/shrink.ts';
import { replaying } from '../support/replaying.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';
import { openTraceFile } from '../../src/trace/file-reader.ts';
import { traceInMemory } from '../../src/trace/source.ts';
import { failing, randomSchedule } from '../support/failing.ts';
import type { Scenario } from '../../src/scenario/types.ts';

const named = (name: string): Scenario => builtinScenario(name)!;

describe('a schedule as a trace', () => {
  it('replays, ends with what was violated, and gives the same schedule back', () => {
    const [one] = failing(noStaleTest, named('SC01'));
    const source = traceInMemory('bug.trace', traceOfSchedule(noStaleTest, named('SC01'), one!.schedule));
    expect(scheduleOfTrace(source)).toEqual(one!.schedule.map(({ actor, choice }) => ({ actor, choice })));
    const { steps, footer } = replaying(source, noStaleTest, one!.topology);
    expect(steps).toBe(one!.schedule.length);
    expect(footer).toMatchObject({ why: 'violation', steps, violation: { id: 'S-01', sentence: one!.broken.sentence } });
  });

  it('ends in a deadlock, at the end of everybody, or in the middle', () => {
    const [one] = failing(v6_8, named('SC22'));
    const whyOf = (schedule: Parameters<typeof traceOfSchedule>[2]): string => readSchedule(traceInMemory('a', traceOfSchedule(v6_8, named('SC22'), schedule))).footer.why;
    expect(whyOf(one!.schedule)).toBe('deadlock');
    expect(whyOf(one!.schedule.slice(0, -1))).toBe('steps');
    let seed = 1;
    while (failing(v6_8, named('SC22'), { from: seed })[0]!.seed === seed) seed++;
    expect(whyOf(randomSchedule(v6_8, one!.topology, seed))).toBe('finished');
  });

  it('refuses steps that cannot be taken', () => {
    expect(() => traceOfSchedule(v6_8, named('SC22'), [{ actor: 99, choice: -1 }])).toThrow('step 1 of the schedule is of actor 99; the scenario has 9');
    const blocked = compile(named('SC22'), v6_8).actors.findIndex(({ name }) => name === 'main.gmem') + 1;
    expect(() => traceOfSchedule(v6_8, named('SC22'), [{ actor: blocked, choice: -1 }])).toThrow('step 1 of the schedule cannot be taken: main.gmem is blocked in ');
  });

  it('comes from any trace: the recorded deadlock, shrunk', () => {
    const schedule = scheduleOfTrace(openTraceFile('traces/sc22-deadlock.trace'));
    const { after, broken } = shrink(v6_8, compile(named('SC22'), v6_8), { kind: 'deadlock', id: 'L-04', schedule }, { scenario: named('SC22') });
    expect(after).toEqual({ steps: 22, switches: 3, actors: 9, operations: 2 });
    expect(broken.sentence).toBe('main.gmem waits in folio.lock for folio_lock(pfn 1), which hw.mf holds or is to have first; hw.mf waits in inode.downRead for invalidate_lock(inode 1), which main.gmem holds or is to have first');
  });
});

describe('a schedule by names', () => {
  it('does what the schedule by numbers does, whatever it is', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 100_000 }), fc.constantFrom('SC01', 'SC16', 'SC26', 'stress-small'), (seed, name) => {
      const topology = compile(named(name), v6_8_fixed);
      const schedule = randomSchedule(v6_8_fixed, topology, seed, 300);
      const { steps, broken } = replaySchedule(named(name), v6_8_fixed, namedSchedule(topology, schedule));
      expect(steps).toBe(schedule.length);
      expect(broken.filter(({ kind }) => kind === 'safety' || kind === 'deadlock')).toEqual([]);
    }), { numRuns: 20 });
  });

  it('breaks what it broke', () => {
    const [one] = failing(v6_8, named('SC16'));
    const { broken } = replaySchedule('SC16', 'v6.8', namedSchedule(one!.topology, one!.schedule));
    expect(broken).toEqual([one!.broken]);
  });

  it.each([
    ['an actor that is not there', [['mian', 1]], /entry 1 of the schedule names actor 'mian', which the scenario does not have.*'main'/],
    ['no steps', [['main', 0]], /entry 1 of the schedule gives main 0 steps/],
    ['a step that is blocked', [['main', 2]], /step 2 of the schedule, of main in state 'reply', cannot be taken: it is blocked/],
    ['a choice too many', [['main', 1, 0]], /entry 1 of the schedule gives main more choices than its steps have/],
  ] as const)('is refused for %s', (_what, schedule, message) => {
    expect(() => replaySchedule('SC22', 'v6.8', schedule)).toThrow(message);
  });

  it('names kernels and scenarios that there are', () => {
    expect(() => replaySchedule('SC99', 'v6.8', [])).toThrow('SC99');
    expect(() => replaySchedule('SC22', 'v6.9', [])).toThrow('v6.9');
  });
});

describe('known findings', () => {
  const hash = '0123456789abcdef';

  it('are read', () => {
    const known = [{ id: 'S-11', hash, note: 'G4-B2' }, { id: 'L-04', hash }];
    expect(readKnown(JSON.stringify({ known }), 'known.json')).toEqual(known);
    expect(readKnown('{ "known": [] }', 'known.json')).toEqual([]);
  });

  it('match by id and hash', () => {
    const known = [{ id: 'S-11', hash, note: 'G4-B2' }];
    expect(knownAs(known, 'S-11', hash)).toBe(known[0]);
    expect(knownAs(known, 'S-01', hash)).toBeUndefined();
    expect(knownAs(known, 'S-11', hash.replace('0', '1'))).toBeUndefined();
  });

  it.each([
    ['not JSON', '{', 'known.json is not JSON'],
    ['no list', '{}', 'known.json, known: '],
    ['a hash that is none', '{"known":[{"id":"S-11","hash":"12"}]}', 'known.json, known.0.hash: must be sixteen hexadecimal digits'],
    ['a member that is not known', `{"known":[{"id":"S-11","hash":"${hash}","notes":"x"}]}`, "known.json, known.0.notes: is not a member that a known finding has"],
  ])('are refused for %s', (_what, text, message) => {
    expect(() => readKnown(text, 'known.json')).toThrow(message);
  });

  it('have a hash of names: another kernel and another numbering of actors do not change it, another schedule does', () => {
    const [one] = failing(v6_8, named('SC22'));
    const shrunk = shrink(v6_8, one!.topology, { kind: 'deadlock', schedule: one!.schedule });
    const own = shrunkHash(v6_8, shrunk);
    expect(own).toMatch(/^[0-9a-f]{16}$/);
    // noStaleTest has other leaves, and an actor more in front has other numbers.
    expect(shrunkHash(noStaleTest, shrunk)).toBe(own);
    const more: Scenario = { ...named('SC22'), vms: [{ vcpus: [{ program: [{ op: 'read', page: 0 }] }] }] };
    const topology = compile(more, v6_8);
    const schedule = shrunk.schedule.map(({ actor, choice }) => ({ actor: topology.actors.findIndex(({ name }) => name === shrunk.topology.actors[actor - 1]!.name) + 1, choice }));
    expect(schedule).not.toEqual(shrunk.schedule);
    expect(shrunkHash(v6_8, { ...shrunk, topology, schedule })).toBe(own);
    expect(shrunkHash(v6_8, { ...shrunk, schedule: one!.schedule })).not.toBe(own);
  });
});
