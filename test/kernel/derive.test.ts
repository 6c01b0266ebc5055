import { describe, expect, it } from 'vitest';
import { end, fragment, step, use } from '../../machines/fragment.ts';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { defineKernel, deriveKernel, isKernel, type Initialise, type Kernel } from '../../src/kernel/define.ts';
import type { FragmentEdit } from '../../src/kernel/edit.ts';
import { closeNames, nearest } from '../../src/kernel/nearest.ts';
import { layout } from '../../src/memory/layout.ts';
import { preparedWorld } from '../../src/runtime/prepared.ts';
import { scenario } from '../../src/scenario/builder.ts';
import { compile } from '../../src/scenario/compile.ts';
import type { WorldOf } from '../../src/memory/world.ts';

const nothing = (): number => 0;
const base: Kernel = defineKernel({
  name: 'base', title: 'the base', objects: [], registers: [{ fragment: 'work', fields: { index: {} } }], calls: [],
  machines: [{ machine: 'm', root: 'root' }],
  fragments: [
    fragment('root', 'the root', { work: use('work', { done: 'end', failed: 'end' }), end }),
    fragment('work', 'locks, looks, unlocks', {
      lock: step('lock', 'takes it', { ok: 'look' }),
      look: step('look', 'looks', { ok: 'unlock', bad: '^failed' }),
      unlock: step('unlock', 'drops it', { ok: '^done' }),
    }),
  ],
  steps: { lock: nothing, look: nothing, unlock: nothing, more: nothing },
  config: { attributes: true, memoryFailure: true, vmTypes: ['default'], userMemSlots: 8 },
  bugs: [{ id: 'B1', breaks: 'x', scenario: 'SC01', shownBy: ['S-01'], fixedIn: 'later' }],
});

/** Where each state of the edited fragment leads. */
const edited = (edit: FragmentEdit): Record<string, unknown> => {
  const { states, initial } = deriveKernel(base, { name: 'new', fragments: { work: edit } }).fragments.get('work')!;
  return { initial, ...Object.fromEntries(Object.entries(states).map(([name, state]) => [name, 'on' in state ? state.on : state])) };
};
const extra = step('more', 'does more', { ok: 'look' });

describe('editing a fragment', () => {
  it('inserts before a state: everything that led there leads to the new one', () => {
    expect(edited((edit) => edit.insertBefore('look', 'extra', extra))).toMatchObject({ lock: { ok: 'extra' }, extra: { ok: 'look' }, initial: 'lock' });
  });

  it('inserts before the first state', () => {
    expect(edited((edit) => edit.insertBefore('lock', 'extra', step('more', 'does more', { ok: 'lock' })))).toMatchObject({ initial: 'extra', extra: { ok: 'lock' } });
  });

  it('inserts behind one outcome of a state', () => {
    expect(edited((edit) => edit.insertAfter('look', 'bad', 'extra', step('more', 'does more', { ok: '^failed' })))).toMatchObject({ look: { ok: 'unlock', bad: 'extra' } });
  });

  it('replaces a state', () => {
    expect(edited((edit) => edit.replace('look', step('more', 'does more', { ok: 'unlock' })))).toMatchObject({ look: { ok: 'unlock' } });
  });

  it('removes a state: what led there leads on, also out of the fragment', () => {
    const states = edited((edit) => edit.remove('look', 'unlock'));
    expect(states).toMatchObject({ lock: { ok: 'unlock' } });
    expect(states).not.toHaveProperty('look');
    expect(edited((edit) => edit.remove('unlock', '^done'))).toMatchObject({ look: { ok: '^done' } });
    expect(edited((edit) => edit.remove('lock', 'look'))).toMatchObject({ initial: 'look' });
  });

  it('redirects an outcome, and adds states that lead somewhere', () => {
    expect(edited((edit) => {
      edit.add('extra', extra);
      edit.redirect('lock', 'ok', 'extra');
    })).toMatchObject({ lock: { ok: 'extra' }, extra: { ok: 'look' } });
  });

  it('leaves the base as it was', () => {
    edited((edit) => edit.remove('look', 'unlock'));
    expect(base.fragments.get('work')!.states).toHaveProperty('look');
    expect(base.table.leaves.map(({ path }) => path)).toEqual(['work.lock', 'work.look', 'work.unlock', 'end']);
  });

  it.each([
    ['a state that is not there, with near names', (edit: Parameters<FragmentEdit>[0]) => edit.remove('lok', 'look'), "fragment 'work' has no state 'lok'; did you mean 'lock' or 'look'?"],
    ['a target that is not there', (edit: Parameters<FragmentEdit>[0]) => edit.remove('look', 'unlok'), "fragment 'work' has no state 'unlok'; did you mean 'unlock'?"],
    ['an outcome that is not there', (edit: Parameters<FragmentEdit>[0]) => edit.redirect('look', 'bat', 'lock'), "fragment 'work', state 'look' has no outcome 'bat'; did you mean 'bad'?"],
    ['a name that is taken', (edit: Parameters<FragmentEdit>[0]) => edit.insertBefore('look', 'lock', extra), "fragment 'work' has a state 'lock' already"],
    ['an outcome that is not there, behind which to insert', (edit: Parameters<FragmentEdit>[0]) => edit.insertAfter('lock', 'nothing', 'extra', extra), "fragment 'work', state 'lock' has no outcome 'nothing'"],
    ['an emptied fragment', (edit: Parameters<FragmentEdit>[0]) => edit.remove('lock', '^done'), "fragment 'work' would be empty"],
  ])('refuses %s', (_what, edit, message) => {
    expect(() => edited(edit)).toThrow(message);
  });
});

describe('deriving a kernel', () => {
  it('names the fragment, the step and the bug that do not exist, with near ones', () => {
    expect(() => deriveKernel(base, { name: 'new', fragments: { wrk: (edit) => edit.remove('look', 'unlock') } }))
      .toThrow("kernel 'new' edits fragment 'wrk', which 'base' does not have; did you mean 'work'?");
    expect(() => deriveKernel(base, { name: 'new', fragments: { work: (edit) => edit.replace('look', step('loook', 'looks', { ok: 'unlock' })) } }))
      .toThrow("kernel 'new', fragment 'work', state 'look': there is no step 'loook'; did you mean 'look' or 'lock'?");
    expect(() => deriveKernel(base, { name: 'new', mended: ['B2'] })).toThrow("kernel 'new' mends 'B2', which 'base' does not have; did you mean 'B1'?");
  });

  it.each<[string, object, string]>([
    ['a member that does not exist', { fragmants: {} }, "kernel 'new' has member 'fragmants', which does not exist; did you mean 'fragments'?"],
    ['a member far from all', { patches: [] }, "kernel 'new' has member 'patches', which does not exist; there is name, title, objects, registers, calls, machines, fragments, steps, config, initialise, bugs, unshown, mended"],
    ['a config key that does not exist', { config: { userMemSlot: 3 } }, "kernel 'new' has config 'userMemSlot', which does not exist; did you mean 'userMemSlots'?"],
    ['a new step that nothing executes', { steps: { loook: nothing } }, "kernel 'new' adds step 'loook', which no state executes; did you mean 'look' or 'lock'?"],
    ['a new fragment that nothing uses', { fragments: { wrk: fragment('wrk', 'x', { look: step('look', 'x', { ok: '^done' }) }) } }, "kernel 'new' adds fragment 'wrk', which no state uses; did you mean 'work'?"],
    ['a fragment that is none', { fragments: { work: 3 } }, "kernel 'new': fragment 'work' must be an edit, (edit) => …, or a fragment, not 3"],
    ['a step that is no function', { steps: { look: 'ok' } }, "kernel 'new': step 'look' must be a function, not 'ok'"],
    ['a missing name', { name: undefined }, "the kernel's name is missing: { name: 'my-patch', … }"],
    ['a name that is no plain text', { name: 'a b/c' }, "the name of a kernel must be letters and digits, then '.', '_' or '-' too, 64 at most, not 'a b/c'"],
  ])('refuses %s', (_what, difference, message) => {
    expect(() => deriveKernel(base, { name: 'new', ...difference })).toThrow(new Error(message));
  });

  it('refuses what is no kernel to derive from', () => {
    expect(() => deriveKernel(undefined as never, { name: 'new' })).toThrow(new Error('the kernel to derive from is undefined; `kernels.find(…)` finds nothing when the name is wrong'));
    expect(() => deriveKernel({ ...base }, { name: 'new' })).toThrow(new Error('the kernel to derive from is an object, not what defineKernel or deriveKernel has made'));
    expect(() => deriveKernel(base, undefined as never)).toThrow(new Error('a kernel is described by an object, { name: …, … }, not by nothing'));
    expect([isKernel(base), isKernel({ ...base }), isKernel(undefined)]).toEqual([true, false, false]);
  });

  it('knows the members of a kernel that is made from nothing', () => {
    const spec = { name: 'x', title: '', objects: [], registers: [], calls: [], machines: [], fragments: [], steps: {}, config: base.config, bugs: [] };
    expect(() => defineKernel({ ...spec, machine: [] } as never)).toThrow(new Error("kernel 'x' has member 'machine', which does not exist; did you mean 'machines'?"));
  });

  it('refuses registers of one name that hold different things', () => {
    const registers = [{ fragment: 'work', fields: { was: { ref: 'slot' } } }, { fragment: 'extra', fields: { was: { ref: 'pfn' } } }] as const;
    expect(() => deriveKernel(base, { name: 'new', registers })).toThrow(
      new Error("kernel 'new': register 'was' holds a slot in 'work' and a pfn in 'extra'; registers of one name are one word: give one of them another name"));
  });

  it('replaces steps, configuration and registers by name, and adds new ones', () => {
    const other = (): number => 1;
    const kernel = deriveKernel(base, {
      name: 'new', steps: { look: other }, config: { userMemSlots: 4 }, mended: ['B1'],
      registers: [{ fragment: 'work', fields: { cursor: {} } }, { fragment: 'extra', fields: { index: {} } }],
      bugs: [{ id: 'B3', breaks: 'y', scenario: 'SC02', shownBy: ['S-02'], fixedIn: 'never' }],
    });
    expect(kernel.steps.get('look')).toBe(other);
    expect(kernel.steps.get('lock')).toBe(nothing);
    expect(kernel.config).toEqual({ ...base.config, userMemSlots: 4 });
    expect(kernel.registers).toEqual([{ fragment: 'work', fields: { cursor: {} } }, { fragment: 'extra', fields: { index: {} } }]);
    expect(kernel.bugs.map(({ id }) => id)).toEqual(['B3']);
    expect([kernel.name, kernel.base, base.steps.get('look')]).toEqual(['new', 'base', nothing]);
  });
});

describe('what a world is at the beginning', () => {
  const thing = layout('thing', { a: {}, b: {} });
  type Things = WorldOf<{ thing: typeof thing }>;
  const begin = (a: number): Initialise => ({ thing: things }: Things) => { things().b = things().a; things().a = a; };
  const plain = deriveKernel(base, { name: 'plain', objects: [thing] });
  const nobody = { ...compile(scenario({ name: 'x', vms: [{}] }), v6_8), actors: [], setup: [] };
  const values = (kernel: Kernel): number[] => {
    const { thing: things } = preparedWorld(kernel, nobody).world.objects as unknown as Things;
    return [things().a, things().b];
  };

  it('is zero but for what the kernel says; what a difference says comes behind', () => {
    const one = deriveKernel(plain, { name: 'one', initialise: begin(1) });
    expect([plain, one, deriveKernel(one, { name: 'same' }), deriveKernel(one, { name: 'two', initialise: begin(2) })].map(values))
      .toEqual([[0, 0], [1, 0], [1, 0], [2, 1]]);
  });
});

describe('near names', () => {
  it('are close in spelling or begin alike, the closest first', () => {
    expect(closeNames('mmu.readlock', ['mmu.writeLock', 'mmu.readLock', 'mmu.readUnlock', 'cache.findNext'])).toEqual(['mmu.readLock', 'mmu.readUnlock', 'mmu.writeLock']);
    expect(nearest('entirely different', ['a', 'b'])).toBe('');
  });
});
