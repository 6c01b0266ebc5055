import { describe, expect, it } from 'vitest';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { invariants } from '../../src/check/invariants/index.ts';
import { properties } from '../../src/check/properties.ts';
import { notExercised, vacuous, withDecided } from '../../src/explore/exercised.ts';
import { exhaustive } from '../../src/explore/search/exhaustive.ts';
import { deriveKernel } from '../../src/kernel/define.ts';
import { builtinScenario, builtinScenarios } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';

describe('what a scenario is about', () => {
  it('is looked for by something, in every built-in scenario', () => {
    const known = [...invariants, ...properties].map(({ id }) => id);
    for (const { name, about = [] } of builtinScenarios) for (const id of about) expect(known, `${name}: ${id}`).toContain(id);
    for (const { by = [] } of properties) for (const id of by) expect(invariants.map((one) => one.id)).toContain(id);
  });

  it('was exercised when it was evaluated, or everything was that decides it', () => {
    expect(withDecided({ 'S-11': 3, 'S-14': 1, 'S-22': 7 })['S-21']).toBe(1);
    expect(notExercised(['S-21', 'S-11'], { 'S-11': 3, 'S-14': 1, 'S-22': 7 })).toEqual([]);
    expect(notExercised(['S-21'], { 'S-11': 3, 'S-14': 0, 'S-22': 7 })).toEqual(['the scenario is about S-21, which was never exercised']);
    expect(notExercised(['S-99'], {})).toEqual(['the scenario is about S-99, which nothing here checks']);
    expect(vacuous(['S-11', 'S-21', 'S-99'], { 'S-11': 3, 'S-14': 0, 'S-22': 7 })).toEqual(['S-21']);
  });
});

describe('L-10', () => {
  const search = (kernel: typeof v6_8) => exhaustive(kernel, compile(builtinScenario('SC09')!, kernel), { invariants: invariants.filter(({ id }) => id === 'L-10'), stop: 'never' });

  it('holds in every interleaving of SC09 on 6.8, and is looked at', () => {
    const { findings, evaluated, complete } = search(v6_8);
    expect([complete, findings]).toEqual([true, []]);
    expect(evaluated['L-10']).toBeGreaterThan(100);
  });

  it('is broken by an entry that does not look at requests again behind storing its mode', () => {
    const noRecheck = deriveKernel(v6_8, { name: 'no-recheck', fragments: { 'vcpu.run': (edit) => edit.remove('recheck', 'unlock') } });
    expect(search(noRecheck).findings).toMatchObject([{
      kind: 'safety', id: 'L-10', key: 'L-10 guest.execute', sentence: 'vcpu0 executes an instruction of the guest with request 1 set, and whoever has set it does not wait for it any more',
    }]);
  });

  it('is broken too by one who sets a request and sends no interrupt', () => {
    const noIpi = deriveKernel(v6_8, { name: 'no-ipi', fragments: { 'kvm.flushRemoteTlbs': (edit) => edit.redirect('mode', 'inside', 'next') } });
    expect(search(noIpi).findings.map(({ id }) => id)).toEqual(['L-10']);
  });
});
