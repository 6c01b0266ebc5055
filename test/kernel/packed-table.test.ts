import { createActor, type AnyMachineSnapshot } from 'xstate';
import { describe, expect, it, vi } from 'vitest';
import { fragment, step, type Fragment } from '../../machines/fragment.ts';
import { kernels } from '../../machines/kernels/index.ts';
import { defineKernel, deriveKernel, isKernel, withTable, type Kernel } from '../../src/kernel/define.ts';
import { packTable, unpackTable, type PackedTable } from '../../src/kernel/packed-table.ts';
import { tabulate, type Table } from '../../src/kernel/table.ts';
import * as memory from '../../src/memory/outcome.ts';

/** As a thread gets it. */
const sent = (table: Table): PackedTable => structuredClone(packTable(table));

/** Where every leaf leads, and what ends on the way, by the names of outcomes. */
const edgesOf = ({ leaves, next, endsAt, ends, width }: Table, { outcomeName }: Pick<typeof memory, 'outcomeName'>): string[] => [...next].flatMap((to, at) =>
  (to < 0 ? [] : [`${leaves[Math.floor(at / width)]!.path} ${outcomeName(at % width)} ${to} ${ends[endsAt[at]!]!.join()}`])).sort();

/** Every field of a table but what it makes. */
const fields = ({ leaves, width, next, ends, endsAt, initial }: Table): object => ({ leaves, width, next: next.join(), ends, endsAt: endsAt.join(), initial: [...initial] });

/** Everything of a snapshot that is not a function. */
const facts = (snapshot: AnyMachineSnapshot): object => ({
  ...(snapshot.toJSON() as object), meta: snapshot.getMeta(), keys: Object.keys(snapshot).sort(),
  nodes: (snapshot as unknown as { _nodes: { id: string }[] })._nodes.map(({ id }) => id).sort(),
});

/** A kernel of a person's own, as its text makes it. */
const own = deriveKernel(kernels[0]!, { name: 'own', fragments: { 'mmu.fault': (edit) => edit.remove('stale', 'map') } });

describe.each([...kernels, own])('the table of $name, sent to another thread', (kernel) => {
  const { machines, fragments } = kernel;

  it('is the table that was tabulated, in every field', () => {
    const table = tabulate(machines, fragments);
    const unpacked = unpackTable(sent(table), machines, fragments);
    expect(fields(unpacked)).toEqual(fields(table));
    expect(Object.keys(unpacked).sort()).toEqual(Object.keys(table).sort());
  });

  it('has for every leaf the snapshot that XState came to, one each, final ones included', () => {
    const { table } = kernel;
    const unpacked = unpackTable(sent(table), machines, fragments);
    for (const { number } of table.leaves) {
      const snapshot = unpacked.snapshot(number);
      expect(facts(snapshot)).toEqual(facts(table.snapshot(number)));
      expect(unpacked.snapshot(number)).toBe(snapshot);
    }
    for (const { machine } of machines) expect(unpacked.machine(machine)).toBe(unpacked.snapshot(table.initial.get(machine)!).machine);
    const done = table.leaves.filter(({ number }) => unpacked.snapshot(number).status === 'done');
    expect(done).toEqual(table.leaves.filter(({ final }) => final));
    expect(done.length).toBeGreaterThan(0);
  });
});

describe('a thread that numbers outcomes in another order', () => {
  it.each(kernels.map(({ name }) => name))('has the same table of %s, by names, and its actors go where the plain XState actors go', async (name) => {
    const here = kernels.find((one) => one.name === name)!;
    const packed = sent(here.table);
    // Modules as another thread has them: with numbers of their own.
    vi.resetModules();
    const elsewhere = await import('../../src/memory/outcome.ts');
    for (const event of packed.outcomes.toReversed()) elsewhere.outcome(event);
    const { kernels: known } = await import('../../machines/kernels/index.ts');
    const define = await import('../../src/kernel/define.ts');
    const { leafOfSnapshot, memoised, outcomeEvent } = await import('../../src/kernel/memoised.ts');
    const there: Kernel = define.withTable(known.find((one) => one.name === name)!, packed);

    expect(there.table.next.join()).not.toBe(here.table.next.join());
    expect(there.table.leaves).toEqual(here.table.leaves);
    expect(edgesOf(there.table, elsewhere)).toEqual(edgesOf(here.table, memory));

    let sends = 0;
    for (const { machine } of here.machines) {
      const plain = createActor(here.table.machine(machine)).start();
      const actor = createActor(memoised(there.table).logic, { input: there.table.initial.get(machine)! }).start();
      for (let k = 0; k < 100; k++) {
        const { outcomes } = here.table.leaves[leafOfSnapshot(actor.getSnapshot())]!;
        if (outcomes.length === 0) break;
        const type = outcomes[k % outcomes.length]!;
        plain.send({ type });
        actor.send(outcomeEvent(elsewhere.outcome(type)));
        expect(facts(actor.getSnapshot())).toEqual(facts(plain.getSnapshot()));
        sends++;
      }
    }
    expect(sends).toBeGreaterThan(100);
  });
});

describe('a table that was sent', () => {
  /** Counts how often somebody asks for a fragment. */
  class Counted extends Map<string, Fragment> {
    asked = 0;
    override get(name: string): Fragment | undefined {
      this.asked++;
      return super.get(name);
    }
  }

  it('has a machine made when a snapshot of it is wanted first, and once', () => {
    const { machines, fragments, table } = kernels[0]!;
    const counted = new Counted(fragments);
    const unpacked = unpackTable(sent(table), machines, counted);
    const atFirst = counted.asked;
    unpacked.snapshot(0);
    const one = counted.asked;
    unpacked.snapshot(0);
    unpacked.snapshot(1);
    unpacked.machine(table.leaves[0]!.machine);
    expect([one > atFirst, counted.asked]).toEqual([true, one]);
    unpacked.snapshot(table.initial.get(machines[1]!.machine)!);
    expect(counted.asked).toBeGreaterThan(one);
  });

  it('gives a kernel that is the same but for it, and is never tabulated', () => {
    const spec = { name: 'tiny', title: 'tiny', objects: [], registers: [], calls: [], config: own.config, bugs: [], machines: [{ machine: 'm', root: 'f' }], steps: { a: () => 0, 'op.receive': () => 0 } };
    const tiny = defineKernel({ ...spec, fragments: [fragment('f', 'f', { a: step('a', 'does a', { ok: 'b' }), b: step('a', 'does a', { ok: 'a' }) })] });
    const packed = sent(tiny.table);
    // Its machine cannot be made, and is not: nobody asks for it.
    const broken = defineKernel({ ...spec, fragments: [fragment('f', 'f', { a: step('a', 'does a', { ok: 'nowhere' }), b: step('a', 'does a', { ok: 'a' }) })] });
    const given = withTable(broken, packed);
    expect(isKernel(given)).toBe(true);
    expect(given.table.leaves.map(({ path }) => path)).toEqual(['a', 'b']);
    expect(() => broken.table).toThrow("there is no state 'nowhere' to go to");
    for (const key of Object.keys(own) as (keyof Kernel)[]) if (key !== 'table') expect(withTable(own, sent(own.table))[key]).toBe(own[key]);
    expect(Object.keys(withTable(own, sent(own.table)))).toEqual(Object.keys(own));
  });
});
