// P3, G4-B11, mended: an exit that would name KVM's own copy of the attribute, which a conversion has made out of date, is none: the fault is
// tried again with a new copy. The exit itself asks, since taking the copy behind the snapshot of mmu_seq still leaves a window behind it. A
// prefault has to copy anew too, or it tries for ever; and who hits an entry of an access without a memslot must copy at all (FL-1).

import { deriveKernel, kernels, outcome, step, type Step } from 'faultline';

const mainline = kernels.find((kernel) => kernel.name === 'mainline')!;
const prepareMemoryFault = mainline.steps.get('fault.prepareMemoryFault') as Step<{ gfn: number; intent: number }>;
const outdated = outcome('outdated');

const prepareUnlessOutdated: Step<{ gfn: number; intent: number }> = (world, f, choose) => {
  const copied = world.facts.vmTypes[f.vm] !== 'confidential';
  return copied && world.mem_attr(f.vm, f.gfn).attributes !== f.intent ? outdated : prepareMemoryFault(world, f, choose);
};

export default deriveKernel(mainline, {
  name: 'p3-retry-on-mismatch',
  title: 'Linux 7.3, an exit by an outdated copy of the attribute is a retry',
  mended: ['G4-B11', 'FL-1'],
  steps: { 'fault.prepareMemoryFault': prepareUnlessOutdated },
  fragments: {
    'mmu.fault': (edit) => edit.replace('memoryFault', step('fault.prepareMemoryFault', 'kvm_mmu_prepare_memory_fault_exit, or once more', { ok: '^exit', outdated: '^retry' })),
    'vcpu.tlbMiss': (edit) => edit.redirect('entry', 'outdated', 'intent'),
    'vcpu.prefault': (edit) => edit.redirect('fault', 'retry', 'page'),
  },
});
