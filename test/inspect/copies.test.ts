// What is copied of a run: the command that comes to it, and a test that breaks the same.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { builtinKernel } from '../../machines/kernels/index.ts';
import { commandOf, testOf } from '../../src/inspect/page/engine/copies.ts';
import { openScenario, openTrace } from '../../src/inspect/page/engine/open.ts';
import { failureOf } from '../../src/inspect/page/explain/explaining.ts';
import { Session } from '../../src/inspect/page/model.ts';
import { replaySchedule } from '../../src/explore/replay-schedule.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';

const deadlock = new Uint8Array(readFileSync(fileURLToPath(new URL('../../traces/sc22-deadlock.trace', import.meta.url))));

/** A session that has been looked through. */
function looked(session: Session): Session {
  while (session.work(() => 0, 1));
  return session;
}

it('the command that comes to a state: of a seed, of a trace, of a fork that is saved', async () => {
  const seeded = new Session(await openScenario({ scenario: 'SC22', seed: 3 }));
  expect(commandOf(seeded)).toEqual({ command: 'npx --no faultline run SC22 --seed 3', save: false });
  const elsewhere = { ...seeded.opened, kernel: builtinKernel('conversions-2026')! };
  expect(commandOf({ ...seeded, opened: elsewhere } as Session).command).toBe('npx --no faultline run SC22 --kernel conversions-2026 --seed 3');
  expect(commandOf(new Session(await openScenario({ scenario: 'SC22', seed: 3, steps: 9 }))).command).toBe('npx --no faultline run SC22 --seed 3 --steps 9');
  seeded.go(4);
  seeded.choose(seeded.actors().find(({ enabled }) => enabled)!.number);
  seeded.go(2);
  expect(commandOf(seeded)).toEqual({ command: 'npx --no faultline replay SC22-fork.trace --until 2', save: true });
  const trace = new Session(openTrace("it's.trace", deadlock));
  trace.go(7);
  expect(commandOf(trace)).toEqual({ command: "npx --no faultline replay 'it'\\''s.trace' --until 7", save: false });
  // A scenario of one's own has no name on a command line, so its trace is saved.
  expect(commandOf(new Session(await openScenario({ scenario: { ...builtinScenario('SC22')!, name: 'mine' } }))).command).toBe('npx --no faultline replay mine.trace');
});

it.each([['SC26', 2, { id: 'S-11' }], ['SC22', 3, { kind: 'deadlock', id: 'L-04' }]] as const)('the test of %s breaks what the run breaks', async (scenario, seed, broken) => {
  const session = looked(new Session(await openScenario({ scenario, seed })));
  const text = testOf(session, failureOf(session));
  const [, pasted] = new RegExp(`replaySchedule\\('${scenario}', 'v6\\.8', (\\[[^]*?\\n {2}\\])\\);`).exec(text)!;
  const schedule = JSON.parse(pasted!.replaceAll("'", '"').replaceAll(/,(\s*\])/g, '$1')) as Parameters<typeof replaySchedule>[2];
  expect(replaySchedule(scenario, 'v6.8', schedule).broken).toContainEqual(expect.objectContaining(broken));
  expect(text).toContain(Object.entries(broken).map(([name, value]) => `${name}: '${value}'`).join(', '));
});

it('of a run in which nothing breaks there is no test', async () => {
  const session = looked(new Session(await openScenario({ scenario: 'SC01', seed: 3 })));
  expect(() => testOf(session, failureOf(session))).toThrow('there is no test to copy. Nothing is broken in this run, so there is nothing to explain.');
});
