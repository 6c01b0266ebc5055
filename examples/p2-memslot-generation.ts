// P2, mended: a fault that found no memslot is stale once memslots have been published since. The generation of the memslots is read before
// the look-up, not beside mmu_seq behind it: what is published in between would be missed there.

import { deriveKernel, frame, kernels, readOnce, step, type Frame, type Step, type View, type World, outcome } from 'faultline';

const mainline = kernels.find((kernel) => kernel.name === 'mainline')!;
const stale = outcome('stale');
const ok = outcome('ok');

/** Registers of the fault path, with the generation that it began under, and whether an update was in progress. */
const { fields } = mainline.registers.find(({ fragment }) => fragment === 'mmu.fault')!;
const registers = frame('mmu.fault', { ...fields, generation: { copyOf: 'memslots.generation' }, updating: {} });
type Fault = Frame<{ slot: number; generation: number; updating: number }>;

const memslotsOf = (world: World, vm: number) => world.memslots(vm) as View<never> & { generation: number; updating: number };

const snapshot = readOnce((world: World, f: Fault) => {
  const { generation, updating } = memslotsOf(world, f.vm);
  f.generation = generation;
  f.updating = updating;
  return ok;
});

const testStale = readOnce((world: World, f: Fault, choose: (n: number) => number) => {
  const result = (mainline.steps.get('fault.testStale') as Step)(world, f, choose);
  if (result !== ok || f.slot !== 0) return result;
  const { generation, updating } = memslotsOf(world, f.vm);
  return generation === f.generation && updating === f.updating ? ok : stale;
});

export default deriveKernel(mainline, {
  name: 'p2-memslot-generation',
  title: 'Linux 7.3, faults without a memslot stale by the generation of the memslots',
  mended: ['P2'],
  registers: [registers],
  steps: { 'p2.snapshotGeneration': snapshot, 'fault.testStale': testStale },
  fragments: { 'mmu.fault': (edit) => edit.insertBefore('slot', 'generation', step('p2.snapshotGeneration', 'memslots generation, before the look-up', { ok: 'slot' })) },
});
