// SC17 with a VMM that obeys every exit: no schedule is unfair, and none of the two accesses need come to an end (L-06). As it stands, with a VMM
// that lets one vCPU have its way, test/scenario/verdicts.test.ts searches it to its end.

import { expect, it } from 'vitest';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { Drive } from '../support/drive.ts';
import { SC17 } from '../../src/scenario/builtin/sc17.ts';

const naive = { ...SC17, vms: SC17.vms.map((vm) => ({ ...vm, vcpus: vm.vcpus!.map((one) => ({ ...one, policy: 'convert' as const })) })) };
/** The actors of one vCPU and its thread. */
const side = (n: number): string[] => [`cpu${n}`, `vcpu${n}`, `irq${n}`, `cpu${n}.vm`, `cpu${n}.gmem`, `cpu${n}.host`];

it('two vCPUs that disagree about a page are converted back and forth without end, though each side has its turns', () => {
  const drive = new Drive(naive, v6_8);
  const ROUNDS = 20;
  for (let round = 0; round < ROUNDS; round++) {
    for (const n of [0, 1]) {
      // Out of the guest with an exit, through the conversion, and to the next KVM_RUN: there the other side has its turn.
      drive.until(side(n), 'convert.sendAttributes').until(side(n), 'vmm.runAgain');
      expect(drive.objects.mem_attr(0, 0).attributes !== 0).toBe(n === 0);
      drive.step(`cpu${n}`);
    }
  }
});
