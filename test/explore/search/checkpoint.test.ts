import { describe, expect, it } from 'vitest';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { v6_8_fixed } from '../../../machines/kernels/v6.8-fixed.ts';
import { invariants } from '../../../src/check/invariants/index.ts';
import { exhaustive } from '../../../src/explore/search/exhaustive.ts';
import { Search } from '../../../src/explore/search/search.ts';
import { builtinScenario } from '../../../src/scenario/builtin/index.ts';
import { compile } from '../../../src/scenario/compile.ts';
import type { SearchOptions, SearchResult } from '../../../src/explore/search/options.ts';

const topology = compile(builtinScenario('SC22')!, v6_8);
const two = compile({ name: 'two', vms: [{ vcpus: [{ program: [{ op: 'read', page: 0 }] }, { program: [{ op: 'read', page: 0 }] }] }] }, v6_8);
const base: SearchOptions = { invariants, stop: 'never' };

/** What of a result must be equal: all of it. */
const told = ({ coverage, ...rest }: SearchResult): object => ({
  ...rest, coverage: v6_8.table.leaves.flatMap(({ number, outcomes }) => outcomes.map((one) => coverage.times(number, one))),
});

/** The same, but of invariants only whether they were evaluated. */
const exercisedIn = (result: SearchResult): object => ({ ...told(result), evaluated: Object.entries(result.evaluated).filter(([, times]) => times > 0).map(([id]) => id) });

const ways: readonly SearchOptions[] = [
  {}, { order: 'bfs' }, { exact: true }, { order: 'bfs', exact: true }, { graph: true }, { order: 'bfs', graph: true }, { reduction: true }, { order: 'bfs', reduction: true },
  { symmetry: true },
];

describe('a search that is saved and gone on with', () => {
  it.each(ways)('comes to what it would have come to without: %o', (way) => {
    const options = { ...base, ...way };
    const where = way.symmetry === true ? two : topology;
    // Reduction forgets what it had tried on the path, and tries it again.
    const all = (result: SearchResult): object => (way.reduction === true ? exercisedIn(result) : told(result));
    const wanted = all(exhaustive(v6_8, where, options));
    let search = new Search(v6_8, where, options);
    let saved = 0;
    while (search.advance(211)) {
      search = Search.resume(search.save(), v6_8, where, options);
      saved++;
    }
    expect(saved).toBeGreaterThan(2);
    expect(all(search.result())).toEqual(wanted);
    // What is over stays over.
    expect(all(Search.resume(search.save(), v6_8, where, options).result())).toEqual(wanted);
  });

  it('has more room, and comes to the end', () => {
    for (const order of ['dfs', 'bfs'] as const) {
      const little = new Search(v6_8, topology, { ...base, order, states: 300 });
      while (little.advance(1000));
      expect(little.result()).toMatchObject({ cut: 'states', states: 300 });
      const more = Search.resume(little.save(), v6_8, topology, { ...base, order });
      while (more.advance(1000));
      // The step that had no room is evaluated again.
      expect(exercisedIn(more.result())).toEqual(exercisedIn(exhaustive(v6_8, topology, { ...base, order })));
    }
  });

  it('stops no more for a finding that is known by now', () => {
    const first = new Search(v6_8, topology, { invariants });
    while (first.advance(1000));
    expect(first.result().cut).toBe('finding');
    const known = new Set(first.result().findings.map(({ key }) => key));
    const on = Search.resume(first.save(), v6_8, topology, { invariants, known });
    while (on.advance(1000));
    expect(on.result()).toMatchObject({ complete: true, states: 904, findings: [] });
    expect(on.result().known).toHaveLength(1);
  });

  it('is not taken for another one', () => {
    const bytes = new Search(v6_8, topology, base).save();
    expect(() => Search.resume(bytes, v6_8_fixed, topology, base)).toThrow("the checkpoint is of a search with kernel 'v6.8', not 'v6.8-fixed'");
    expect(() => Search.resume(bytes, v6_8, two, base)).toThrow('the checkpoint is of a search of another scenario');
    expect(() => Search.resume(bytes, v6_8, topology, { ...base, order: 'bfs' })).toThrow("the checkpoint is of a search with order 'dfs', not 'bfs'");
    expect(() => Search.resume(new Uint8Array(3), v6_8, topology)).toThrow('there is no checkpoint of a search in it');
    for (const cut of [4, 3, bytes.length - 400]) expect(() => Search.resume(bytes.slice(0, -cut), v6_8, topology, base)).toThrow('ends too early');
    const damaged = bytes.slice();
    damaged[damaged.length - 9]! ^= 1;
    expect(() => Search.resume(damaged, v6_8, topology, base)).toThrow('is damaged');
    expect(() => Search.resume(bytes, v6_8, topology, { ...base, sources: 'other' })).toThrow("made with other sources of kernel 'v6.8'");
  });
});
