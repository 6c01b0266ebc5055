import { describe, expect, it } from 'vitest';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { invariants } from '../../../src/check/invariants/index.ts';
import { exhaustive } from '../../../src/explore/search/exhaustive.ts';
import { deriveKernel } from '../../../src/kernel/define.ts';
import { blocked } from '../../../src/memory/outcome.ts';
import { allocate, close, convert, createGmem, punch, read, scenario, setAttributes, slot, write } from '../../../src/scenario/builder.ts';
import { builtinScenario } from '../../../src/scenario/builtin/index.ts';
import { compile } from '../../../src/scenario/compile.ts';
import type { Kernel } from '../../../src/kernel/define.ts';
import type { SearchOptions, SearchResult } from '../../../src/explore/search/options.ts';
import type { GuestOp, Scenario, VmmOp } from '../../../src/scenario/types.ts';
import type { Step } from '../../../src/memory/world.ts';

interface Parts { vcpus?: number; guest?: GuestOp[]; main?: VmmOp[]; setup?: VmmOp[]; policy?: 'convert' }
const shared = (parts: Parts): Scenario => scenario({
  name: 'alike', frames: 3, setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private'), ...parts.setup ?? []],
  vms: [{ vcpus: Array.from({ length: parts.vcpus ?? 2 }, () => ({ program: parts.guest ?? [], ...(parts.policy ? { policy: parts.policy } : {}) })) }],
  ...(parts.main ? { threads: [{ name: 'main', program: parts.main }] } : {}),
});
const search = (on: Scenario, options: SearchOptions, kernel: Kernel = v6_8): SearchResult => exhaustive(kernel, compile(on, kernel), { invariants, stop: 'never', states: 100_000, ...options });

const scenarios: readonly (readonly [name: string, parts: Parts, states: number, folded: number])[] = [
  ['two vCPUs that halt and a punch', { main: [punch('A', 0, 1)] }, 112, 84],
  // Two of them allocate a page each, and one of the two is put back: pages are counted once too.
  ['two vCPUs that read', { guest: [read(0)] }, 3917, 1459],
  ['two vCPUs that read a page that is there', { guest: [read(0)], setup: [allocate('A', 0, 1)] }, 2593, 1321],
  ['two vCPUs that convert', { guest: [convert(0, 1, 'shared')], policy: 'convert' }, 6214, 3134],
  ['three vCPUs that halt', { vcpus: 3 }, 8, 4],
];

describe('vCPUs and pages that are interchangeable', () => {
  it.each(scenarios)('%s are counted once', (_name, parts, states, folded) => {
    const whole = search(shared(parts), {});
    expect(whole).toMatchObject({ states, complete: true, findings: [], deadlocks: 0 });
    const half = search(shared(parts), { symmetry: true });
    expect(half).toMatchObject({ states: folded, complete: true, findings: [], deadlocks: 0, notes: [] });
    // As many as there are least states among all that renaming makes of one another.
    const sorted = search(shared(parts), { symmetry: true, exact: true });
    expect(sorted).toMatchObject({ states: folded, transitions: half.transitions, complete: true, notes: [] });
    expect(sorted.terminals.count).toBe(half.terminals.count);
  });

  it('pages are, beside one vCPU', () => {
    const on = shared({ vcpus: 1, guest: [read(0)], main: [punch('A', 0, 1)] });
    const whole = search(on, {});
    const folded = search(on, { symmetry: true });
    expect(folded).toMatchObject({ complete: true, findings: [], notes: ['no symmetry of actors: no two are interchangeable'] });
    expect([whole.states, folded.states]).toEqual([6243, 4857]);
    expect(search(on, { symmetry: true, exact: true }).states).toBe(4857);
    expect(search(on, { symmetry: true, order: 'bfs' }).states).toBe(4857);
  });

  it('threads with one program are, without vCPUs of their own', () => {
    const program = [allocate('A', 0, 1), punch('A', 0, 1)];
    const on = scenario({ name: 'threads', frames: 3, setup: [createGmem('A', 1)], vms: [{ vcpus: [{ program: [] }] }], threads: [{ name: 'one', program }, { name: 'other', program }] });
    const whole = search(on, {});
    const folded = search(on, { symmetry: true });
    expect([whole.findings, folded.findings, folded.notes]).toEqual([[], [], []]);
    expect(folded.states * 2).toBeLessThan(whole.states);
    expect(search(on, { symmetry: true, exact: true }).states).toBe(folded.states);
    const unlike = { ...on, threads: [{ name: 'one', program }, { name: 'other', program: program.toReversed() }] };
    expect(search(unlike, { symmetry: true }).notes).toEqual(['no symmetry of actors: no two are interchangeable']);
  });

  it('show a broken kernel as well', () => {
    const kernel = deriveKernel(v6_8, { name: 'M02', fragments: { 'mmu.fault': (edit) => edit.remove('stale', 'map') } });
    const on = shared({ guest: [read(0)], main: [punch('A', 0, 1)] });
    const found = search(on, { symmetry: true, stop: 'first' }, kernel);
    expect(found.notes).toEqual([]);
    expect(found.findings.map(({ id }) => id)).toEqual(['S-01']);
  });
});

describe('there is no symmetry', () => {
  const why = (on: Scenario, kernel?: Kernel): readonly string[] => search(on, { symmetry: true }, kernel).notes;

  it('between vCPUs with different programs, or one alone', () => {
    expect(why(scenario({ name: 'x', vms: [{ vcpus: [{ program: [read(0)] }, { program: [] }] }], setup: [] }))).toEqual(['no symmetry of actors: no two are interchangeable']);
    expect(why(shared({ vcpus: 1 }))).toEqual(['no symmetry of actors: no two are interchangeable']);
  });

  it('when some program names one of them', () => {
    expect(why(shared({ main: [{ op: 'close_vcpu', vcpu: 0 } as VmmOp, close('A')] }))).toEqual(['no symmetry of actors: no two are interchangeable']);
  });

  it('when a step prefers one of them', () => {
    const first: Step<never> = (world, f, choose) => {
      const other = world.vcpu_lock(1 - (f as { vcpu: number }).vcpu);
      if ((f as { vcpu: number }).vcpu === 0 && other.owner !== 0) return blocked(other);
      return (v6_8.steps.get('vcpu.lock') as Step<never>)(world, f, choose);
    };
    expect(why(shared({ guest: [read(0)] }), deriveKernel(v6_8, { name: 'unfair', steps: { 'vcpu.lock': first } })))
      .toEqual(["no symmetry of actors: step 'vcpu.lock' does not treat them alike (vcpu0 and those like it)"]);
  });

  it('between pages of which a step prefers one', () => {
    const second: Step<never> = (world, f, choose) => {
      if (world.buddy().used.has(2) && (f as { pfn: number }).pfn === 2) return blocked(world.buddy());
      return (v6_8.steps.get('folio.clear') as Step<never>)(world, f, choose);
    };
    expect(why(shared({ vcpus: 1, guest: [read(0)], main: [allocate('A', 0, 1)] }), deriveKernel(v6_8, { name: 'choosy', steps: { 'folio.clear': second } })))
      .toContain("no symmetry of pages: step 'folio.clear' does not treat them alike");
  });

  it('between free pages that one can tell apart, of which the allocator takes the lowest', () => {
    // The page that the guest has written to is freed with what is in it.
    const on = shared({ vcpus: 1, guest: [write(0, 1), read(0)], main: [punch('A', 0, 1)] });
    const whole = search(on, {});
    const apart = search(on, { symmetry: true });
    expect(apart.notes).toContain("no symmetry of pages: step 'folio.alloc' chooses among some that are not alike");
    expect(apart).toMatchObject({ states: whole.states, transitions: whole.transitions, terminals: { count: whole.terminals.count }, complete: true });
  });

  it('between the pages of a huge one', () => {
    expect(search(builtinScenario('SC13')!, { symmetry: true }).notes).toContain('no symmetry of pages: those of a huge page are neighbours');
  });
});
