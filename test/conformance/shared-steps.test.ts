// Facts that begin alike are executed together: the verdicts are those of each fact alone, with fewer steps.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { builtinKernel } from '../../machines/kernels/index.ts';
import { Bench } from '../../src/conform/bench.ts';
import { PLAIN_MACHINE } from '../../src/conform/config.ts';
import { Context } from '../../src/conform/context.ts';
import { judgeFact, judgeTogether } from '../../src/conform/facts.ts';
import { grouped } from '../../src/conform/groups.ts';
import { worldFor } from '../../src/conform/judge.ts';
import { loadEntries } from '../../src/conform/load.ts';
import type { Fact } from '../../src/conform/recording.ts';

const facts = loadEntries(join(import.meta.dirname, 'selftests.json.gz')).entries as readonly Fact[];

test.each([['v6.18', ['equal']], ['v6.8', ['equal', 'different']]])('all verdicts are those of each fact alone, on %s, whether it is of that release or not', (name, kinds) => {
  const kernel = builtinKernel(name)!;
  // Facts of few pages, of all releases: many do not hold, or do not apply.
  const members = grouped(facts).find((group) => group.length > 60)!.slice(0, 60);
  const { needs, topology } = worldFor(members, kernel, { ...PLAIN_MACHINE, hiddenSlot: true });
  const context = new Context(new Bench(kernel, topology), needs, PLAIN_MACHINE);
  let steps = 0;
  context.bench.listener = { injected: () => {}, stepped: () => { steps++; } };
  const together = judgeTogether(members, context);
  const taken = steps;
  const alone = new Map(members.map((fact) => [fact, judgeFact(fact, context)]));
  expect(together).toEqual(alone);
  expect(taken).toBeLessThan((steps - taken) * 0.7);
  expect(new Set([...alone.values()].map(({ kind }) => kind))).toEqual(new Set(kinds));
});
