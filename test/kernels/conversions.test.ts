// The known bugs of conversions in place: on the kernels with them mended their scenarios hold, in every interleaving. That each is found on the kernel
// that has it is among the verdicts of all scenarios.

import { describe, expect, it } from 'vitest';
import { conversions_2025 } from '../../machines/kernels/conversions-2025.ts';
import { conversions_2025_fixed } from '../../machines/kernels/conversions-2025-fixed.ts';
import { conversions_2025_huge } from '../../machines/kernels/conversions-2025-huge.ts';
import { conversions_2025_huge_fixed } from '../../machines/kernels/conversions-2025-huge-fixed.ts';
import { conversions_2026 } from '../../machines/kernels/conversions-2026.ts';
import { conversions_2026_fixed } from '../../machines/kernels/conversions-2026-fixed.ts';
import { invariants } from '../../src/check/invariants/index.ts';
import { Sampler } from '../../src/explore/sample.ts';
import { exhaustive } from '../../src/explore/search/exhaustive.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';
import type { Kernel } from '../../src/kernel/define.ts';

const scenariosOf = ({ bugs }: Kernel, bug: RegExp): string[] => [...new Set(bugs.filter(({ id }) => bug.test(id)).flatMap(({ scenario, alsoIn = [] }) => [scenario, ...alsoIn]))].filter((name) => !['review-conversion', 'stress-conversions'].includes(name));
const search = (kernel: Kernel, name: string) => exhaustive(kernel, compile(builtinScenario(name)!, kernel), { invariants, graph: true, stop: 'never', states: 100_000 });

it('have ids of their own, shown or with the reason why not: all of the series, but for those of huge folios', () => {
  const ids = [...conversions_2025.bugs, ...conversions_2025.unshown].map(({ id }) => id).filter((id) => id.startsWith('G5-'));
  expect(ids.toSorted()).toEqual(['G5-B1', 'G5-B13', 'G5-B14', 'G5-B15', 'G5-B2', 'G5-B3', 'G5-B4', 'G5-B5', 'G5-B6', 'G5-B7', 'G5-B8', 'G5-B9']);
  expect([conversions_2025_fixed, conversions_2025_huge_fixed, conversions_2026_fixed].flatMap(({ bugs }) => bugs)).toEqual([]);
  const huge = conversions_2025_huge.bugs.map(({ id }) => id).filter((id) => !ids.includes(id) && id.startsWith('G5-'));
  expect(huge.toSorted()).toEqual(['G5-B10', 'G5-B11', 'G5-B12', 'G5-B16']);
  expect(conversions_2026.bugs.map(({ id }) => id).toSorted()).toEqual(['FL-1', 'G4-B10', 'G4-B11', 'P2']);
});

describe.each([
  ['conversions-2025-fixed', conversions_2025_fixed, scenariosOf(conversions_2025, /^G5-/)],
  ['conversions-2025-huge-fixed', conversions_2025_huge_fixed, [...scenariosOf(conversions_2025_huge, /^G5-B1\d/), 'split-poison', 'SC47', 'SC44']],
  ['conversions-2026-fixed', conversions_2026_fixed, scenariosOf(conversions_2026, /^(G4-B11|FL-1)$/)],
] as const)('%s', (_name, kernel, names) => {
  it.each(names)('breaks nothing in %s', (name) => {
    expect(search(kernel, name)).toMatchObject({ complete: true, findings: [] });
  });
});

it('a review of either series, its bugs mended, finds nothing in some schedules', () => {
  for (const kernel of [conversions_2025_fixed, conversions_2025_huge_fixed, conversions_2026_fixed]) {
    const sampler = new Sampler(kernel, compile(builtinScenario('review-conversion')!, kernel), { invariants, schedules: 60, seed: 1 });
    while (sampler.advance(100_000));
    expect(sampler.result().findings).toEqual([]);
  }
});
