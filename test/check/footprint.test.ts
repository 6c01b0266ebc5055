import { expect, it } from 'vitest';
import { FootprintLog } from '../../src/check/footprint.ts';
import { folio, folio_ref } from '../../src/memory/layouts/folio.ts';
import { mmu_lock } from '../../src/memory/layouts/mmu.ts';
import { layout } from '../../src/memory/layout.ts';
import { preparedWorld } from '../../src/runtime/prepared.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';
import { Simulation } from '../../src/runtime/simulate.ts';
import { FootprintWriteLog } from '../../src/runtime/footprint-write-log.ts';
import { ValueLog } from '../../src/runtime/values.ts';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { makeAccess } from '../../src/memory/views.ts';
import { memory } from '../support/memory.ts';

const frame = layout('frame', { leaf: {} }, { per: ['actor'] });

function watched() {
  const { plan, words } = memory({ frame, folio, folio_ref, mmu_lock });
  const log = new FootprintLog(plan.objects);
  const { tables } = makeAccess(plan, words, log);
  const touched = (): [number, number][] => Array.from({ length: log.count }, (_one, k) => [log.ids[k]!, log.wrote[k]!]);
  return { log, touched, tables: tables as unknown as ReturnType<typeof memory<{ frame: typeof frame; folio: typeof folio; folio_ref: typeof folio_ref; mmu_lock: typeof mmu_lock }>>['tables'] };
}

it('has each object once, in order of the first touch, and knows which were written', () => {
  const { touched, tables } = watched();
  const first = tables.folio(1);
  const second = tables.folio_ref(2);
  const third = tables.folio(2);
  void second.refcount;
  first.index = 5;
  void first.mapping;
  second.add_refcount(1);
  void third.order;
  expect(touched()).toEqual([[second.id, 1], [first.id, 1], [third.id, 0]]);
});

it('sees accesses of arrays and sets, and a write of the value that is there already', () => {
  const { touched, tables } = watched();
  const lock = tables.mmu_lock(1);
  void lock.queue.at(0);
  expect(touched()).toEqual([[lock.id, 0]]);
  lock.readers.clear(3);
  expect(touched()).toEqual([[lock.id, 1]]);
});

it('knows nothing of registers, and after clear() of nothing', () => {
  const { log, touched, tables } = watched();
  tables.frame(1).leaf = 7;
  expect(touched()).toEqual([]);
  tables.folio(0).order = 1;
  log.clear();
  expect(touched()).toEqual([]);
  void tables.folio(0).order;
  expect(touched()).toEqual([[tables.folio(0).id, 0]]);
});

it('is what another observer of the same run has seen', () => {
  const topology = compile(builtinScenario('stress')!, v6_8);
  const { world, observer } = preparedWorld(v6_8, topology, (objects) => new FootprintWriteLog(objects));
  const { world: other, observer: values } = preparedWorld(v6_8, topology, (_objects, words) => new ValueLog(words));
  const simulation = new Simulation(world, observer, 3);
  const frames = world.plan.byName.get('frame')!;
  let objects = 0;
  for (let k = 0; k < 3000 && simulation.step(); k++) {
    values.clear();
    other.step(world.last.actor, () => Math.max(0, world.last.choice));
    const expected = new Map<number, number>();
    for (const { id, written } of values.take()) {
      if (id >= frames.firstId && id < frames.firstId + frames.count) continue;
      expected.set(id, (expected.get(id) ?? 0) | (written ? 1 : 0));
    }
    const { ids, wrote, count } = observer.footprint;
    expect(Array.from({ length: count }, (_one, i) => [ids[i], wrote[i]])).toEqual([...expected]);
    objects += count;
  }
  expect(objects).toBeGreaterThan(3000);
});
