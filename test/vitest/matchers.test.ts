// Scenarios as tests: expectHolds, expectBreaks, and their matchers.

import { afterAll, describe, expect, test } from 'vitest';
import { expectBreaks, expectHolds, type HoldsOptions } from 'faultline/vitest';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { replaySchedule } from '../../src/explore/replay-schedule.ts';
import { join } from 'node:path';
import { ENDLESS, M02, v6_8 } from '../support/recorded.ts';
import { PATCH, Sandbox } from '../support/command.ts';

const box = new Sandbox();
afterAll(() => box.remove());
const SC22 = builtinScenario('SC22')!;
/** Enough for all that is small, on a busy machine too. */
const seconds = 250;

/** The message that a promise is rejected with. */
async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(() => undefined, (one: unknown) => one);
  expect(error).toBeInstanceOf(Error);
  return (error as Error).message;
}

describe('expectHolds', () => {
  test('searches all of what is small, and says how much that was', async () => {
    expect(await expectHolds('SC01', { seconds })).toMatchObject({ strategy: 'exhaustive', complete: true, states: 11_017, findings: [], inconclusive: [] });
  });

  test('fails with the report of the finding, the command that repeats it, and the test to paste', async () => {
    const message = await messageOf(expectHolds('SC22', { kernel: 'v6.8', seconds }));
    expect(message).toMatch(/^SC22 does not hold on v6\.8: L-04 \(deadlock\)\n/);
    expect(message).toContain('Who waits for whom:');
    expect(message).toContain('To repeat it:\n  npx --no faultline explore SC22 --kernel v6.8\n');
    const [, pasted] = /replaySchedule\('SC22', 'v6\.8', (\[[^]*?\n {2}\])\);/.exec(message)!;
    const schedule = JSON.parse(pasted!.replaceAll("'", '"').replaceAll(/,(\s*\])/g, '$1')) as Parameters<typeof replaySchedule>[2];
    expect(replaySchedule('SC22', 'v6.8', schedule).broken).toContainEqual(expect.objectContaining({ id: 'L-04' }));
  });

  test('a kernel of one\'s own, as an object and as a file; the trace replays', async () => {
    box.write('patch.ts', PATCH);
    const [file, trace] = [join(box.folder, 'patch.ts'), join(box.folder, 'bug.trace')];
    const message = await messageOf(expectHolds('SC01', { kernel: file, seconds, trace }));
    expect(message).toContain(`npx --no faultline replay ${trace}\n  npx --no faultline explore SC01 --kernel ${file}\n`);
    const replayed = await box.run(['replay', 'bug.trace']);
    expect([replayed.code, replayed.err]).toEqual([1, '']);
    const object = await messageOf(expectHolds('SC01', { kernel: M02, seconds }));
    expect(object).toMatch(/^SC01 does not hold on M02: S-01/);
    expect(object).toContain("import kernel from './M02.ts';");
    expect(object).not.toContain('To repeat it');
    expect(await messageOf(expectHolds('SC01', { kernel: M02, seconds, trace }))).toContain("name the file of kernel 'M02'");
  });

  test('what is allowed breaks nothing, and what is not is all that is told', async () => {
    await expectHolds(SC22, { kernel: v6_8, seconds, allow: ['L-04'] });
    const message = await messageOf(expectHolds('SC26', { kernel: 'v6.8', seconds, allow: ['L-04'] }));
    expect(message).toMatch(/^SC26 does not hold on v6\.8: S-11/);
    await expectHolds('SC26', { kernel: 'v6.8-fixed', seconds });
  });

  test('green is earned: what was cut fails, unless that is allowed', async () => {
    const cut = { kernel: 'v6.8-fixed', strategy: 'exhaustive', states: 1000, seconds } as const;
    expect(await messageOf(expectHolds('SC15', cut))).toMatch(/^SC15 on v6\.8-fixed is inconclusive: nothing was found in the \d+ states .*\n {2}it was cut at its limit of 1000 states/);
    expect(await expectHolds('SC15', { ...cut, inconclusive: 'pass' })).toMatchObject({ complete: false, inconclusive: ['it was cut at its limit of 1000 states'] });
    // Without an end, a scenario is judged to the length of its schedules.
    expect(await expectHolds(ENDLESS, { schedules: 5, strategy: 'random' })).toMatchObject({ complete: false, inconclusive: [] });
    expect(await messageOf(expectHolds('SC15', { strategy: 'exhaustive', seconds: 0.000_001 }))).toMatch(/its 0\.000001 seconds were over/);
  });

  test('samples where there is no end, the same ones for the same seed', async () => {
    const [a, b] = [await expectHolds(ENDLESS, { schedules: 20, inconclusive: 'pass' }), await expectHolds(ENDLESS, { schedules: 20, inconclusive: 'pass' })];
    expect(a).toEqual(b);
    expect(a).toMatchObject({ strategy: 'portfolio', schedules: 20, complete: false });
  });

  test.each([
    [{ scenario: 'SC99' }, "there is no scenario 'SC99'"], [{ kernel: 'v6.9' }, "there is no kernel 'v6.9'"], [{ strategy: 'rand' }, "there is no strategy 'rand'; did you mean 'random'"],
    [{ kernel: { name: 'no kernel' } as never }, 'the kernel is an object, not the name of one, or what defineKernel'],
    [{ seconds: 0 }, "'seconds' is a number above 0, not 0"], [{ scenario: { name: 'x', vms: [{ vcpu: [] }] } }, "scenario 'x': vms[0]: has no member 'vcpu'; did you mean 'vcpus'?"],
  ])('%j: %s', async ({ scenario = 'SC01', ...options }: { scenario?: unknown } & HoldsOptions, sentence) => {
    expect(await messageOf(expectHolds(scenario as string, options))).toContain(sentence);
  });
});

describe('expectBreaks', () => {
  test('ends with the first finding that is wanted', async () => {
    const found = await expectBreaks('SC22', ['S-99', 'L-04'], { kernel: 'v6.8', strategy: 'random', seconds });
    expect(found).toMatchObject({ kind: 'deadlock', id: 'L-04' });
  });

  test('fails where it is not found, and says what was', async () => {
    expect(await messageOf(expectBreaks('SC22', 'S-01', { kernel: 'v6.8', seconds }))).toMatch(/^SC22 does not break S-01 on v6\.8; found in every interleaving, \d+ states: L-04$/);
    expect(await messageOf(expectBreaks('SC22', 'L-04', { kernel: 'v6.8-fixed', seconds }))).toMatch(/on v6\.8-fixed; found in every interleaving, \d+ states: nothing$/);
  });
});

describe('matchers', () => {
  test('toHoldOn and toBreak, and their opposites', async () => {
    await expect('SC22').toHoldOn('v6.8-fixed', { seconds });
    await expect(SC22).toBreak('L-04', { kernel: 'v6.8', seconds });
    await expect(SC22).not.toHoldOn('v6.8', { seconds });
    await expect('SC22').not.toBreak('L-04', { kernel: 'v6.8-fixed', seconds });
  });

  test('say what expectHolds says', async () => {
    expect(await messageOf(expect('SC22').toHoldOn('v6.8', { seconds }))).toBe(await messageOf(expectHolds('SC22', { kernel: 'v6.8', seconds })));
    expect(await messageOf(expect('SC22').not.toHoldOn('v6.8-fixed', { seconds }))).toMatch(/^SC22 holds on v6\.8-fixed, in every interleaving, \d+ states$/);
    expect(await messageOf(expect('SC22').toBreak('S-01', { seconds }))).toContain('SC22 does not break S-01 on v6.8');
    expect(await messageOf(expect('SC22').not.toBreak('L-04', { seconds }))).toContain('Who waits for whom:');
    expect(await messageOf(expect('SC15').not.toHoldOn('v6.8-fixed', { strategy: 'exhaustive', states: 1000, seconds }))).toContain('is inconclusive');
  });
});
