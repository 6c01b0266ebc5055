// P2, mended: a fault that found no memslot, and comes upon a leaf, gives way to it: it tries again, and there is nothing to warn about. No
// test of what has been published can do the same, since memslots are published without mmu_lock, and so behind any test (see
// p2-memslot-generation.ts).

import { deriveKernel, kernels, outcome, step, type Step } from 'faultline';

const mainline = kernels.find((kernel) => kernel.name === 'mainline')!;
const mapEntry = mainline.steps.get('fault.mapEntry') as Step<{ gfn: number }>;
const retry = outcome('retry');

/** The compare-and-exchange of make_mmio_spte is tried on what is not present only. */
const mapUnlessMapped: Step<{ gfn: number }> = (world, f, choose) => (world.spte(f.vm, world.vcpu_root(f.vcpu).root - 1, f.gfn).pfn !== 0 ? retry : mapEntry(world, f, choose));

export default deriveKernel(mainline, {
  name: 'p2-leaf-stays',
  title: 'Linux 7.3, a fault without a memslot gives way to a leaf',
  mended: ['P2'],
  steps: { 'fault.mapEntry': mapUnlessMapped },
  fragments: {
    'mmu.fault': (edit) => {
      edit.replace('mapEntry', step('fault.mapEntry', 'make_mmio_spte, unless there is a leaf', { ok: 'unlockEmulate', retry: 'unlockNoSlot' }));
      edit.remove('unlockSpurious', 'unlockNoSlot');
    },
  },
});
