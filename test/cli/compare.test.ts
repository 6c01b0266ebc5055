// faultline compare, as a person calls it.

import { afterAll, describe, expect, test } from 'vitest';
import { v6_12 } from '../../machines/kernels/v6.12.ts';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { catalogueOf } from '../../src/cli/compare-catalogue.ts';
import { PATCH, Sandbox } from '../support/command.ts';

const box = new Sandbox();
afterAll(() => box.remove());

describe('compare', () => {
  test('ends with 1 where kernels differ, and writes a trace of each difference', async () => {
    box.write('patch.ts', PATCH);
    const { code, out, err } = await box.run(['compare', 'v6.8', './patch.ts', 'SC01', '--out', 'differences']);
    expect([code, err]).toEqual([1, '']);
    expect(out).toContain('only v6.8, retry: fault.testStale: stale;');
    expect(out).toContain('only no-stale-test, broken: S-01 (safety)');
    expect(out).toMatch(/^result {5}DIFFERENT: in 1 of 1 scenario$/m);
    const shown = await box.run(['show', 'differences/SC01-1.trace']);
    expect(shown.code).toBe(0);
    expect(shown.out).toContain('fault.testStale: stale');
    expect((await box.run(['replay', 'differences/SC01-1.trace'])).code).toBe(0);
  });

  test('ends with 0 where nothing differs, and says over what', async () => {
    const { code, out } = await box.run(['compare', 'v6.8', 'v6.8', 'SC02', 'SC26']);
    expect(code).toBe(0);
    expect(out).toMatch(/^result {5}nothing differs, in every interleaving of 2 scenarios$/m);
    const sampled = await box.run(['compare', 'v6.8', 'v6.8', 'SC02', '--states', '100', '--schedules', '50']);
    expect(sampled.code).toBe(0);
    expect(sampled.out).toMatch(/^result {5}nothing differs, in samples of 1 scenario$/m);
  });

  test('over all built-in scenarios: those that only one kernel takes are listed, with what the other has not', () => {
    const { scenarios, oneSided } = catalogueOf([v6_8, v6_12], ['first', 'second']);
    expect(scenarios.map(({ name }) => name)).toEqual(expect.arrayContaining(['SC01', 'SC66', 'unbind-dying']));
    expect(oneSided).toContainEqual({ scenario: 'SC30', refusedBy: 'first', why: "threads[1].program[0].op: there is no VMM operation 'prefault'" });
    // What both refuse is left out.
    expect([...scenarios.map(({ name }) => name), ...oneSided.map(({ scenario }) => scenario)]).not.toContain('SC52');
    expect(catalogueOf([v6_12, v6_8], ['first', 'second']).oneSided.map(({ scenario, refusedBy }) => [scenario, refusedBy])).toEqual(oneSided.map(({ scenario }) => [scenario, 'second']));
  });

  test('says it as JSON', async () => {
    const { code, out } = await box.run(['compare', 'v6.8', 'v6.8-fixed', 'SC34', '--json']);
    const { exitCode, scenarios } = JSON.parse(out) as { exitCode: number; scenarios: { scenario: string; complete: boolean; differences: { only: number; what: string; text: string; schedule: object[] }[] }[] };
    expect([code, exitCode, scenarios.length, scenarios[0]!.complete]).toEqual([1, 1, 1, true]);
    expect(scenarios[0]!.differences.find(({ text }) => text === 'first: set_region answers EEXIST')).toMatchObject({ only: 1, what: 'behaviour' });
  });

  test.each([
    [['v6.8', 'v6.9'], "there is no kernel 'v6.9'"],
    [['v6.8', 'v6.8', 'SC99'], "'SC99'"],
    [['v6.8'], 'second'],
  ])('refuses %j in one sentence', async (args, sentence) => {
    const { code, out, err } = await box.run(['compare', ...args]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(sentence);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});
