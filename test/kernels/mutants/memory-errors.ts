// Mutants of memory errors and of long operations: kvm_gmem_error_folio, memory_failure, kvm_gmem_allocate.

import { changed, type Mutant } from '../../../src/explore/mutants/mutant.ts';
import { BUS_MCEERR_AO, SIGBUS } from '../../../src/memory/layouts/host.ts';
import { ok } from '../../../src/memory/outcome.ts';
import { allocate, createGmem, scenario, signal } from '../../../src/scenario/builder.ts';
import { SC19 } from '../../../src/scenario/builtin/sc19.ts';
import { SC24 } from '../../../src/scenario/builtin/sc24.ts';
import { MF_RECOVERED, type Mf } from '../../../src/steps/memory-failure.ts';
import { done } from '../../../src/steps/flush.ts';
import { groupLeader, sendSignal } from '../../../src/steps/signal.ts';
import type { FolioAt, Operation } from '../../../src/memory/frames.ts';

/** A thread that allocates several pages, and a signal for it. */
const interrupted = scenario({
  name: 'interrupted-allocation', vms: [{}], setup: [createGmem('A', 3)],
  threads: [{ name: 'main', program: [allocate('A', 0, 3)] }], hardware: [{ name: 'hw', program: [signal('main')] }],
});

export const memoryErrorMutants: readonly Mutant[] = [
  {
    id: 'M90', does: 'zaps nothing when a page is lost', where: 'kvm_gmem_error_folio', scenario: SC19, shownBy: ['S-08'],
    fragments: { 'gmem.errorFolio': (edit) => {
      edit.remove('begin', 'end');
      edit.remove('end', 'unlock');
    } },
  },
  {
    id: 'M92', does: 'reports a page as recovered that stays in the file', where: 'kvm_gmem_error_folio', scenario: SC24, shownBy: ['S-22'],
    steps: { 'mf.readCallbackResult': changed<Mf>(() => (_world, f) => {
      f.result = MF_RECOVERED;
      return ok;
    }) },
  },
  {
    id: 'M95', does: 'sends SIGBUS to whoever is current when a page is lost that nobody has consumed', where: 'kill_me_maybe', scenario: SC24, shownBy: ['S-32'],
    steps: { 'mf.killConsumer': changed<Mf>((inner) => (world, f, choose) => {
      if (f.consumer === 0) sendSignal(world, f.self, groupLeader(world), { number: SIGBUS, code: BUS_MCEERR_AO });
      return inner(world, f, choose);
    }) },
  },
  {
    id: 'M98', does: 'does not look for a signal between two pages of an allocation', where: 'kvm_gmem_allocate', scenario: interrupted, shownBy: ['L-11'],
    steps: { 'fallocate.next': changed<Operation & FolioAt>(() => (_world, f) => {
      if (f.start >= f.end) return done;
      f.index = f.start;
      f.start += 1;
      return ok;
    }) },
  },
];
