// The text that `faultline new kernel` writes: a patch of a few lines that adds a state and a step, and breaks nothing.

const IMPORTS = "import { deriveKernel, kernels, ok, outcome, readOnce, step, type Step } from 'faultline';";

/** A kernel in TypeScript. */
export const newKernel = (name: string): string => `// ${name}: Linux 6.8 with one more look at mmu_invalidate_seq, before mmu_lock is taken: a fault that would have to be repeated
// anyway does not take the lock. Change it to your own patch.
//
// A kernel is the difference from another one. Fragments are statecharts; each state names the atomic step that it executes, and where
// the step's outcomes lead. To see what there is:
//   faultline explain mmu.fault            the states of a fragment, and who uses it
//   faultline explain fault.testStale      a step, its outcomes, where it is executed
//   faultline list steps

${IMPORTS}

const base = kernels.find((kernel) => kernel.name === 'v6.8')!;
const stale = outcome('stale');

/** A step reads and writes the objects of the world, and the registers of its fragment by their names. It answers an outcome. */
// Without readOnce, which stands for READ_ONCE(), the look would be a data race with whoever has mmu_lock for writing.
const look: Step<{ mmu_seq: number }> = readOnce(({ kvm_mmu }, frame) => (kvm_mmu(frame.vm).mmu_invalidate_seq === frame.mmu_seq ? ok : stale));

export default deriveKernel(base, {
  name: '${name}',
  title: 'Linux 6.8 with an early stale test',
  fragments: {
    // An edit also has insertAfter, replace, remove, redirect and add.
    'mmu.fault': (edit) => edit.insertBefore('lock', 'early', step('mine.look', 'the sequence, without mmu_lock', { ok: 'lock', stale: 'putStale' })),
  },
  steps: { 'mine.look': look },
});
`;
