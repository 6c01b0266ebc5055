// What is evaluated on a write amounts to the whole statement: nothing that a step, or a spoilt word, breaks is found late.

import { describe, expect, it } from 'vitest';
import { kernels } from '../../machines/kernels/index.ts';
import { checkedWorld } from '../../src/check/checked-world.ts';
import { Checker } from '../../src/check/checker.ts';
import { invariants } from '../../src/check/invariants/index.ts';
import { indicesOf } from '../../src/memory/plan.ts';
import { fits } from '../../src/runtime/fits.ts';
import { preparedWorld } from '../../src/runtime/prepared.ts';
import { Random } from '../../src/runtime/random.ts';
import { Simulation } from '../../src/runtime/simulate.ts';
import { WriteLog } from '../../src/runtime/write-log.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';

const stress = builtinScenario('stress-all')!;
/** For kernels that cannot convert. */
const withoutConversion = builtinScenario('SC58')!;
const start = (kernelName: string, seed: number) => {
  const kernel = kernels.find(({ name }) => name === kernelName)!;
  const { world, observer: log } = preparedWorld(kernel, compile(fits(stress, kernel) ? stress : withoutConversion, kernel), (objects) => new WriteLog(objects));
  return { world, log, simulation: new Simulation(world, log, seed) };
};

describe('the checker', () => {
  it.each(kernels.map(({ name }) => name))('has found what the whole state of %s shows, after every step', (kernelName) => {
    for (let seed = 1; seed <= 4; seed++) {
      const { world, log, simulation } = start(kernelName, seed);
      const checker = new Checker(world, invariants);
      expect(checker.wholeState()).toBeUndefined();
      for (let step = 1; step <= 1500 && simulation.step(); step++) {
        if (checker.afterStep(log.written, log.count) !== undefined) break;
        const whole = checker.wholeState();
        expect(whole && `seed ${seed}, step ${step}: ${whole.id}: ${whole.sentence}`).toBeUndefined();
      }
    }
  });

  it('finds a spoilt word when the object is written', () => {
    // Not the words whose change no kernel could make alone, such as a file that forgets its inode while it is open.
    const layouts = ['spte', 'spte_huge', 'cache', 'hpte', 'mem_attr', 'binding', 'kvm_mmu', 'open_invalidation', 'page', 'file_content', 'host_content', 'folio_ref', 'kvm', 'vcpu_fd', 'vm_file'];
    const random = new Random(5);
    let broken = 0;
    for (let seed = 1; seed <= 4; seed++) {
      const { world, simulation } = start('v6.8-fixed', seed);
      const checked = checkedWorld(world);
      const tables = world.plan.tables.filter(({ layout, count }) => count > 0 && layouts.includes(layout.name));
      for (let step = 1; step <= 2000 && simulation.step(); step++) {
        if (step % 3 !== 0) continue;
        const table = tables[random.below(tables.length)]!;
        const element = random.below(table.count);
        const cell = table.base + element * table.words + random.below(table.words);
        const previous = world.words[cell]!;
        const id = table.firstId + element;
        const [a = 0, b = 0, c = 0] = indicesOf(world.plan, id);
        world.words[cell] = random.below(4);
        for (const { id: name, whole, onWrite } of invariants) {
          const sentence = whole?.(checked);
          if (sentence === undefined) continue;
          broken++;
          expect(onWrite?.[table.layout.name]?.(checked, a, b, c), `${name}, ${table.layout.name}(${a}, ${b}, ${c}): ${sentence}`).toBeDefined();
        }
        world.words[cell] = previous;
      }
    }
    expect(broken).toBeGreaterThan(300);
  });
});

describe('the list of invariants', () => {
  it('has every id once, with a title and a statement', () => {
    expect(new Set(invariants.map(({ id }) => id)).size).toBe(invariants.length);
    for (const { id, title, statement } of invariants) {
      expect(id).toMatch(/^[SL]-\d\d$/);
      expect(title.length).toBeGreaterThan(10);
      expect(statement).toMatch(/^[A-Z].*\.$|^(mmu_|users_).*\.$/);
    }
  });

  it('names only layouts and steps that exist', () => {
    const layouts = new Set(kernels.flatMap(({ objects }) => objects.map(({ name }) => name)));
    const steps = new Set(kernels.flatMap((kernel) => [...kernel.steps.keys()]));
    for (const { id, onWrite = {}, after = {}, before = {} } of invariants) {
      for (const name of Object.keys(onWrite)) expect(layouts.has(name), `${id}: ${name}`).toBe(true);
      for (const name of [...Object.keys(after), ...Object.keys(before)]) expect(steps.has(name), `${id}: ${name}`).toBe(true);
    }
  });

  it('knows every step of a kernel that drops a lock or waits for one', () => {
    const { before } = invariants.find(({ id }) => id === 'S-18')!;
    for (const { steps } of kernels) {
      for (const name of steps.keys()) if (/\.(\w*[uU]nlock\w*|up(Read|Write))$/.test(name)) expect(Object.keys(before!), name).toContain(name);
      for (const name of steps.keys()) if (/\.(down(Read|Write)|\w*[lL]ock\w*)$/.test(name) && !/^(mmu|srcu|infoLock)\./.test(name)) expect(Object.keys(before!), name).toContain(name);
    }
  });
});
