// faultline why: who wrote a word, and what that came from.

import { afterAll, describe, expect, test } from 'vitest';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { causesOf, type Cause } from '../../src/runtime/causes.ts';
import { cellsNamed } from '../../src/runtime/cell-name.ts';
import { Describer } from '../../src/runtime/describe.ts';
import { preparedWorld } from '../../src/runtime/prepared.ts';
import { eventsOfTrace } from '../../src/runtime/replay.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';
import { traceInMemory } from '../../src/trace/source.ts';
import { wordName } from '../../src/cli/why-text.ts';
import { Sandbox } from '../support/command.ts';
import { bytesOf, M02, record, SC01 } from '../support/recorded.ts';

const box = new Sandbox();
afterAll(() => box.remove());

describe('names of words', () => {
  const { world } = preparedWorld(v6_8, compile(SC01, v6_8));
  const describer = new Describer(world);

  test('every word of a world is found under the name that is printed of it', () => {
    for (const table of world.plan.tables) {
      for (let id = table.firstId; id < table.firstId + table.count; id++) {
        // Nobody is actor 0.
        if (describer.name(id).includes('actor 0')) continue;
        for (let k = 0; k < table.words; k++) {
          const cell = table.base + (id - table.firstId) * table.words + k;
          const name = wordName(describer.place(id, cell));
          expect(cellsNamed(world, name), name).toMatchObject({ id, cells: [cell] });
        }
      }
    }
  });

  test.each([
    ['kvm_mmu(0).mmu_invalidate_seq', 'kvm_mmu(vm 0).mmu_invalidate_seq'], ['kvm_mmu.mmu_invalidate_seq', 'kvm_mmu(vm 0).mmu_invalidate_seq'],
    ['spte(0,1,0).pfn', 'spte(vm 0, root 1, gfn 0).pfn'], [' spte( gfn=0, root 1, vm 0 ) . pfn ', 'spte(vm 0, root 1, gfn 0).pfn'], ['spte(0, 0, 0x0)', 'spte(vm 0, root 0, gfn 0)'],
  ])('%s is %s', (text, name) => expect(cellsNamed(world, text).name).toBe(name));

  test.each([
    ['sptee(0)', "there is no object 'sptee'; did you mean 'spte'"], ['spte', "'spte' is one of 2 objects; say which: spte(vm 0, root 0, gfn 0) or spte(vm 0, root 1, gfn 0)"],
    ['spte(0,0,0).pfm', "spte has no field 'pfm'; did you mean 'pfn'?"], ['pfn', "'pfn' is a field, and no object; there is frame.pfn"],
    ['frame(vcpu7).pc', "there is no actor 'vcpu7'; did you mean 'vcpu0'"], ['spte(0,0,9).pfn', 'there is no gfn 9 in spte; there is 0'],
    ['spte(0,0).pfn', "spte takes vm, root, gfn, as in spte(vm 0, root 0, gfn 0); '0, 0' is 2"], ['spte(', "'spte(' names no word; a word is named like"],
    ['kvm_mmu(0).mmu_invalidate_seq[1]', 'kvm_mmu(vm 0).mmu_invalidate_seq has one word, and no elements, not 1'], ['spte(hp 0, 0, 0)', "not 'hp 0'"], ['spte(0, 0, x)', "'x' is no gfn"],
  ])('%s is refused: %s', (text, sentence) => expect(() => cellsNamed(world, text)).toThrow(sentence));
});

describe('causes', () => {
  /** Every step of a cause, and those behind it. */
  const all = (cause: Cause): Cause[] => [cause, ...cause.reads.flatMap((read) => (read.cause === undefined ? [] : all(read.cause)))];

  test('are what going over all events of the run gives: the last writer of each word before it was read', async () => {
    const scenario = builtinScenario('stress-small')!;
    const recorded = await record(scenario, { limits: { steps: 600 }, seed: 4 });
    const source = traceInMemory('run', bytesOf(recorded));
    const topology = compile(scenario, v6_8);
    const writers = new Map<string, { step: number; value: number }>();
    const before: Map<string, number>[] = [];
    for (const event of eventsOfTrace(source, v6_8, topology)) {
      before[event.step] = new Map(event.reads.map((read) => [wordName(read), writers.get(wordName(read))?.step ?? 0]));
      for (const read of event.reads) expect(writers.get(wordName(read))?.value ?? read.value, `${event.step} ${wordName(read)}`).toBe(read.value);
      for (const write of event.writes) writers.set(wordName(write), { step: event.step, value: write.value });
    }
    let steps = 0;
    for (const [name, { step, value }] of [...writers].filter((_one, k) => k % 9 === 0)) {
      const causes = causesOf(source, v6_8, topology, name, { depth: 3 });
      expect(causes).toMatchObject({ at: recorded.result.steps, values: [{ value }], cause: { step, wrote: [{ value }] } });
      const nodes = all(causes.cause!);
      expect(new Set(nodes.map((one) => one.step)).size).toBe(nodes.length);
      for (const node of nodes) for (const read of node.reads) expect(read.writtenBy, `${node.step} ${wordName(read)}`).toBe(before[node.step]!.get(wordName(read)));
      steps += nodes.length;
    }
    expect(steps).toBeGreaterThan(50);
  });

  test('of the SPTE that S-01 is about lead back to the folio, and behind an earlier step it is as it was', async () => {
    const source = traceInMemory('run', bytesOf(await record(SC01, { kernel: M02, seed: 40, invariants: [] })));
    const topology = compile(SC01, M02);
    const { cause } = causesOf(source, M02, topology, 'spte(0, 0, 0).pfn', { at: 51, depth: 2 });
    expect(cause).toMatchObject({ actor: 'vcpu0', name: 'fault.map', description: 'F10, F11: kvm_tdp_mmu_map', wrote: [{ old: 0, value: 1 }] });
    expect(cause!.reads.find(({ field }) => field === 'pfn' )).toBeDefined();
    expect(all(cause!).map(({ name }) => name)).toContain('folio.alloc');
    expect(causesOf(source, M02, topology, 'spte(0, 0, 0).pfn', { at: cause!.step - 1, depth: 2 })).toMatchObject({ values: [{ value: 0 }], cause: undefined });
    expect(causesOf(source, M02, topology, 'spte(0, 0, 0)', { at: 51, depth: 0 })).toMatchObject({ values: [{ field: 'pfn', value: 1 }, { field: 'private' }, { field: 'writable' }], cause: { reads: [] } });
  });
});

describe('the command', () => {
  test('prints a short list, and the same as JSON', async () => {
    expect((await box.run(['run', 'SC22', '--seed', '3'])).code).toBe(3);
    const { code, out, err } = await box.run(['why', 'traces/last.trace', 'kvm_mmu(0).mmu_invalidate_in_progress']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('kvm_mmu(vm 0).mmu_invalidate_in_progress is 1 behind step 22.');
    expect(out).toMatch(/step 13: main\.gmem, mmu\.invalidateBegin\n {2}in state fallocate\.[^]*kvm_mmu_invalidate_begin\n {2}wrote kvm_mmu\(vm 0\)\.mmu_invalidate_in_progress: 0 -> 1\n/);
    expect(out.split('\n').filter((line) => line.length > 78)).toEqual([]);
    const json = await box.run(['why', 'traces/last.trace', 'kvm_mmu(0).mmu_invalidate_in_progress', '--json', '--depth', '4']);
    expect(JSON.parse(json.out)).toMatchObject({ scenario: 'SC22', kernel: 'v6.8', at: 22, values: [{ object: 'kvm_mmu', at: { vm: 0 }, field: 'mmu_invalidate_in_progress', value: 1 }], cause: { step: 13, actor: 'main.gmem' } });
    const untouched = await box.run(['why', 'traces/last.trace', 'mem_attr(0, 0).attributes']);
    expect(untouched.out).toContain('No step has written it: it is as the set-up has left it.');
  });

  test.each([
    [['why', 'traces/last.trace', 'mmu_lok(0).writer'], "traces/last.trace: there is no object 'mmu_lok'; did you mean 'mmu_lock'"],
    [['why', 'traces/last.trace', 'spte(0, 0, 0).pfn', '--at', '23'], '--at 23: traces/last.trace has 22 steps'],
    [['why', 'none.trace', 'spte'], 'trace none.trace: there is no such file'], [['why', 'traces/last.trace'], "missing required argument 'cell'"],
    [['why', 'traces/last.trace', 'spte(0, 0, 0).pfn', '--depth', '99'], '--depth: it takes a whole number from 1 to 16'],
  ])('%s: one sentence, exit code 2', async (args, sentence) => {
    const { code, out, err } = await box.run(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(sentence);
    expect(err).toMatch(/^faultline: [^\n]+\n$/);
  });
});
