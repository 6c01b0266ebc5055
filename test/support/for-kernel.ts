// What the scenario compiler asks of a kernel, as the finished 6.8 answers it: all machines of the contract, all calls that there are.

import { calls } from '../../src/steps/calls.ts';
import type { ForKernel } from '../../src/scenario/for-kernel.ts';

const MACHINES = ['vcpu', 'hardware', 'vmm', 'vm-op', 'gmem-op', 'host-op', 'vm', 'gmem', 'injector', 'memory-failure', 'vmm-commanded', 'injector-commanded'];

export const anyKernel: ForKernel = {
  name: 'any', calls, machines: MACHINES.map((machine) => ({ machine })),
  config: { attributes: true, memoryFailure: true, vmTypes: ['default', 'sw-protected'], userMemSlots: 32_764 },
};
