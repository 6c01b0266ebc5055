import { describe, expect, it } from 'vitest';
import { transition, type AnyMachineSnapshot } from 'xstate';
import { end, fragment, step, use, type Fragment, type State } from '../../machines/fragment.ts';
import { kernels } from '../../machines/kernels/index.ts';
import { defineKernel, type Kernel } from '../../src/kernel/define.ts';
import { expandMachine, tabulate } from '../../src/kernel/table.ts';
import { outcome, outcomeName } from '../../src/memory/outcome.ts';

/** The path of the one active leaf. */
function pathOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const [key, inner] = Object.entries(value as Record<string, unknown>)[0]!;
  return `${key}.${pathOf(inner)}`;
}

describe.each(kernels)('the table of $name', (kernel: Kernel) => {
  const { table } = kernel;

  it('is what XState itself answers, for every state and every outcome that has a column', () => {
    // Some million of columns that nothing comes of: those that are wrong are gathered, an `expect` for each takes a minute.
    const wrong: string[] = [];
    for (const leaf of table.leaves) {
      const machine = table.machine(leaf.machine);
      const snapshot = table.snapshot(leaf.number);
      expect(pathOf(snapshot.value)).toBe(leaf.path);
      const own = new Set(leaf.outcomes);
      for (let number = 0; number < table.width; number++) {
        const type = outcomeName(number);
        const at = leaf.number * table.width + number;
        if (!own.has(type)) {
          if (table.next[at] !== -1) wrong.push(`${leaf.machine} ${leaf.path} ${type}: ${table.next[at]}`);
          continue;
        }
        const [next, actions] = transition(machine, snapshot, { type });
        const to = table.leaves[table.next[at]!]!;
        expect([to.machine, to.path]).toEqual([leaf.machine, pathOf((next as AnyMachineSnapshot).value)]);
        const ended = (actions as readonly { type: string; params?: unknown }[])
          .filter((action) => action.type === 'fragmentEnds').map((action) => (action.params as { fragment: string }).fragment);
        expect(table.ends[table.endsAt[at]!]).toEqual(ended);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('ends, with each transition, exactly the fragments that the actor is in no more or begins anew', () => {
    for (const leaf of table.leaves) {
      for (const name of leaf.outcomes) {
        const at = leaf.number * table.width + outcome(name);
        const to = table.leaves[table.next[at]!]!;
        const ended = table.ends[table.endsAt[at]!]!;
        const inside = new Set(to.within.map(({ path }) => path));
        for (const { fragment: left, path } of leaf.within) if (!inside.has(path)) expect(ended).toContain(left);
      }
    }
  });

  it('has a step and a description for every leaf, and progress and rest only where declared', () => {
    expect(table.leaves.length).toBeGreaterThan(100);
    for (const leaf of table.leaves) {
      expect(leaf.description.length).toBeGreaterThan(2);
      if (leaf.final) continue;
      expect(kernel.steps.has(leaf.step), leaf.step).toBe(true);
      // A thread that follows a null pointer goes nowhere any more.
      if (leaf.step === 'kernel.oops') expect(leaf.outcomes, leaf.path).toEqual([]);
      else expect(leaf.outcomes.length, leaf.path).toBeGreaterThan(0);
    }
  });

  it('numbers its leaves by their place, and starts every machine at rest or at its program', () => {
    table.leaves.forEach((leaf, number) => { expect(leaf.number).toBe(number); });
    for (const { machine } of kernel.machines) expect(table.leaves[table.initial.get(machine)!]!.machine).toBe(machine);
  });

  it('reaches every state of every fragment that a machine uses', () => {
    const used = new Set(table.leaves.flatMap((leaf) => leaf.within.map(({ fragment: name }) => name)));
    const reached = new Map<string, Set<string>>();
    for (const leaf of table.leaves) {
      const parts = leaf.path.split('.');
      let current = kernel.fragments.get(kernel.machines.find(({ machine }) => machine === leaf.machine)!.root)!;
      for (const part of parts) {
        if (!reached.has(current.name)) reached.set(current.name, new Set());
        reached.get(current.name)!.add(part);
        const state = current.states[part];
        if (state !== undefined && 'use' in state) current = kernel.fragments.get(state.use)!;
      }
    }
    expect(used.size).toBeGreaterThan(10);
    const missing = [...reached].flatMap(([name, states]) => Object.keys(kernel.fragments.get(name)!.states).filter((state) => !states.has(state)).map((state) => `${name}: ${state}`));
    expect(missing).toEqual([]);
  });
});

const leaf = (on: Record<string, string>): State => step('a', 'does a', on);
const machineOf = (...fragments: Fragment[]): ReturnType<typeof tabulate> =>
  tabulate([{ machine: 'm', root: fragments[0]!.name }], new Map(fragments.map((one) => [one.name, one])));

describe('tabulation', () => {
  it('counts a fragment that is left and entered again at once as ended', () => {
    const table = machineOf(
      fragment('outer', 'loops', { inner: use('inner', { done: 'inner', out: 'end' }), end }),
      fragment('inner', 'twice', { one: leaf({ ok: 'two' }), two: leaf({ again: '^done', out: '^out' }) }),
    );
    const two = table.leaves.find(({ path }) => path === 'inner.two')!;
    const at = two.number * table.width + outcome('again');
    expect(table.leaves[table.next[at]!]!.path).toBe('inner.one');
    expect(table.ends[table.endsAt[at]!]).toEqual(['inner']);
  });

  it('takes no step for the final state of a fragment', () => {
    const table = machineOf(
      fragment('outer', 'once', { inner: use('inner', 'rest'), rest: leaf({ ok: 'rest' }) }),
      fragment('inner', 'one step', { one: leaf({ ok: '^done' }) }),
    );
    expect(table.leaves.map(({ path }) => path)).toEqual(['inner.one', 'rest']);
  });

  it.each([
    ['parallel', { type: 'parallel' }, 'parallel'],
    ['history', { type: 'history' }, 'history'],
    ['after', { ...leaf({ ok: 'a' }), after: { 100: 'a' } }, 'after'],
    ['invoke', { ...leaf({ ok: 'a' }), invoke: { src: 'x' } }, 'invoke'],
    ['always', { ...leaf({ ok: 'a' }), always: 'a' }, 'always'],
    ['entry actions', { ...leaf({ ok: 'a' }), entry: [] }, 'entry'],
    ['exit actions', { ...leaf({ ok: 'a' }), exit: [] }, 'exit'],
    ['context', { ...leaf({ ok: 'a' }), context: {} }, 'context'],
    ['nested states', { ...leaf({ ok: 'a' }), states: {} }, 'states'],
    ['spawned actors', { ...leaf({ ok: 'a' }), spawn: 'x' }, 'spawn'],
  ])('refuses %s by name, and says where', (_what, state, name) => {
    expect(() => machineOf(fragment('f', 'foreign', { a: state as unknown as State }))).toThrow(`fragment 'f', state 'a': '${name}' cannot be tabulated`);
  });

  it('refuses guards and actions on a transition, and says where', () => {
    const guarded = { ...leaf({}), on: { ok: { target: 'a', guard: 'g' } } } as unknown as State;
    expect(() => machineOf(fragment('f', 'guarded', { a: guarded }))).toThrow("fragment 'f', state 'a': the target of 'ok' must be the name of a state; guards and actions cannot be tabulated");
  });

  it('names what leads nowhere: states, exits, fragments', () => {
    expect(() => machineOf(fragment('f', 'lost', { a: leaf({ ok: 'b' }) }))).toThrow("fragment 'f', state 'a': there is no state 'b' to go to");
    expect(() => machineOf(fragment('f', 'lost', { a: use('g', 'a') }))).toThrow("machine 'm', state 'a': there is no fragment 'g'");
    expect(() => machineOf(fragment('f', 'lost', { a: use('g', 'a') }), fragment('g', 'leaves', { b: leaf({ ok: '^out' }) })))
      .toThrow("fragment 'g', state 'b': leaves by 'out', which 'f' does not lead on (state 'a')");
    expect(() => machineOf(fragment('f', 'lost', { a: use('g', { out: 'a' }) }), fragment('g', 'leaves', { b: leaf({ ok: '^done', out: '^out' }) })))
      .toThrow("fragment 'g' ends by 'done', which 'f' does not lead on (state 'a')");
  });

  it('refuses a fragment that uses itself, a dot in a name, and a state with the name of an exit', () => {
    expect(() => machineOf(fragment('f', 'loop', { a: use('f', 'a') }))).toThrow("fragment 'f' uses itself: f → f");
    expect(() => machineOf(fragment('f', 'dot', { 'a.b': leaf({ ok: 'a.b' }) }))).toThrow("the state name 'a.b' has a dot in it");
    expect(() => expandMachine({ machine: 'm', root: 'f' }, new Map([
      ['f', fragment('f', 'outer', { a: use('g', 'a') })], ['g', fragment('g', 'inner', { done: leaf({ ok: '^done' }) })],
    ]))).toThrow("fragment 'g': 'done' is the name of its exit, no state may have it");
  });

  it('refuses a register that two nested fragments have', () => {
    const [kernel] = kernels;
    const broken = defineKernel({
      name: 'broken', title: 'broken', objects: kernel!.objects, calls: [], config: kernel!.config, bugs: [],
      registers: [{ fragment: 'outer', fields: { index: {} } }, { fragment: 'inner', fields: { index: {} } }],
      machines: [{ machine: 'm', root: 'outer' }],
      fragments: [fragment('outer', 'outer', { a: use('inner', 'a') }), fragment('inner', 'inner', { b: leaf({ ok: '^done' }) })],
      steps: { a: () => 0, 'op.receive': () => 0 },
    });
    expect(() => broken.table).toThrow("kernel 'broken': register 'index' belongs to 'outer' and to 'inner', which runs inside it (m: a.b)");
  });
});
