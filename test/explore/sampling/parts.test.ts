// Shards of an exploration, as files, merged: what they have come to together is what the whole has come to.

import { describe, expect, it } from 'vitest';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { v6_8_fixed } from '../../../machines/kernels/v6.8-fixed.ts';
import { invariants } from '../../../src/check/invariants/index.ts';
import { mergeParts, PartError, partOf, readPart, resultOfPart, type Part } from '../../../src/explore/part.ts';
import { Sampler } from '../../../src/explore/sample.ts';
import type { Kernel } from '../../../src/kernel/define.ts';
import { builtinScenario } from '../../../src/scenario/builtin/index.ts';
import { compile } from '../../../src/scenario/compile.ts';
import type { SampleOptions } from '../../../src/explore/sample-types.ts';

/** A part as a file would give it back. */
function part(kernel: Kernel, name: string, options: SampleOptions): Part {
  const scenario = builtinScenario(name)!;
  const topology = compile(scenario, kernel);
  const sampler = new Sampler(kernel, topology, { invariants, about: scenario.about, seed: 7, ...options });
  while (sampler.advance(4096)) { /* to the end */ }
  const made = partOf(sampler.totals(), kernel, topology, name);
  const read = readPart('part.json', JSON.stringify(made));
  expect(read).toEqual(made);
  return read;
}
const named = (parts: readonly Part[]): { file: string; part: Part }[] => parts.map((one, k) => ({ file: `part${k + 1}.json`, part: one }));
/** Which schedules are executed twice is each shard's own affair. */
const compared = ({ rechecked: _rechecked, shards: _shards, ...rest }: Part): object => rest;

describe.each([
  ['SC22', 'random', 150], ['SC16', 'portfolio', 150], ['SC13', 'pct', 102],
] as const)('%s by %s', (name, strategy, schedules) => {
  const whole = part(v6_8, name, { strategy, schedules });
  const shards = [0, 1, 2].map((index) => part(v6_8, name, { strategy, schedules, shard: { index, of: 3 } }));

  it('in three shards has the same schedules, findings and coverage as in one', () => {
    const merged = mergeParts(named(shards));
    expect(compared(merged)).toEqual(compared(mergeParts(named([whole]))));
    expect(resultOfPart(merged).findings).toEqual(resultOfPart(whole).findings);
    expect(resultOfPart(merged).findings.length).toBeGreaterThan(0);
    expect(resultOfPart(merged).inconclusive).toEqual(resultOfPart(whole).inconclusive);
    expect(shards.every((one) => one.schedules === schedules / 3)).toBe(true);
  });

  it('may be merged in any order, and in turns', () => {
    const [a, b, c] = shards as [Part, Part, Part];
    expect(mergeParts(named([c, a, b]))).toEqual(mergeParts(named([a, b, c])));
    expect(mergeParts(named([mergeParts(named([a, c])), b]))).toEqual(mergeParts(named([a, b, c])));
  });

  it('is inconclusive as long as a shard is missing', () => {
    expect(resultOfPart(mergeParts(named(shards.slice(0, 2)))).inconclusive).toContain('only 2 shards of 3 are in it');
  });
});

describe('parts that do not belong together', () => {
  const options = { strategy: 'random', schedules: 4 } as const;
  const of2 = (index: number, more: SampleOptions = {}): Part => part(v6_8, 'SC22', { ...options, shard: { index, of: 2 }, ...more });
  const first = of2(0);
  const merge = (second: Part) => () => mergeParts(named([first, second]));
  const different = ': they are parts of different explorations; merge parts of one';

  it.each([
    ['seed', () => of2(1, { seed: 8 }), `part2.json: 'seed' is 8, but part1.json has 7${different}`],
    ['strategy', () => of2(1, { strategy: 'pos' }), `part2.json: 'strategy' is "pos", but part1.json has "random"${different}`],
    ['kernel', () => part(v6_8_fixed, 'SC22', { ...options, shard: { index: 1, of: 2 } }), `part2.json: 'kernel' is "v6.8-fixed", but part1.json has "v6.8"${different}`],
    ['scenario', () => part(v6_8, 'SC26', { ...options, shard: { index: 1, of: 2 } }), `part2.json: 'scenario' is "SC26", but part1.json has "SC22"${different}`],
    ['a limit', () => of2(1, { schedules: 6 }), `part2.json: 'parameters.schedules' is 6, but part1.json has 4${different}`],
    ['fingerprint', () => ({ ...of2(1), fingerprint: '00' }), `part2.json: 'fingerprint' is "00", but part1.json has "${first.fingerprint}"${different}`],
    ['shard', () => of2(0), "part2.json: 'shards' has 1/2, whose schedules 1/2 of part1.json has too; merge each shard once"],
    ['a shard of a shard', () => part(v6_8, 'SC22', { ...options, shard: { index: 2, of: 4 } }), "part2.json: 'shards' has 3/4, whose schedules 1/2 of part1.json has too; merge each shard once"],
  ])('because of their %s are refused', (_what, second, message) => {
    expect(merge(second())).toThrow(PartError);
    expect(merge(second())).toThrow(message);
  });

  it('or are no parts at all', () => {
    expect(() => readPart('a.json', '{')).toThrow('a.json is not JSON; give what an exploration wrote with --shard and --out');
    expect(() => readPart('a.json', '{}')).toThrow(/^a\.json is no part of an exploration: format: /);
    expect(() => readPart('a.json', JSON.stringify({ ...first, version: 2 }))).toThrow(/^a\.json is no part of an exploration: version: /);
    expect(() => readPart('a.json', JSON.stringify({ ...first, found: [{ ...first.found[0], schedule: [{ actor: -1, choice: 0 }] }] }))).toThrow(/found\.0\.schedule\.0\.actor/);
    expect(() => mergeParts([])).toThrow('there is no part to merge; name files of parts');
  });
});
