// The VM's own descriptor, a vCPU's, and a file's each hold the VM.

import { call, close, createGmem, scenario, slot } from '../builder.ts';

export const SC38 = scenario({
  name: 'SC38',
  title: 'orders of teardown',
  shows: 'Whichever descriptor is closed last, the VM is destroyed once, behind it, and nothing is left.',
  about: ['S-19', 'L-07'],
  vms: [{ vcpus: [{}] }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' })],
  threads: [
    { name: 'vm-closer', program: [call('close_vm')] },
    { name: 'vcpu-closer', program: [call('close_vcpu', { vcpu: 0 })] },
    { name: 'file-closer', program: [close('A', 'ok')] },
  ],
});
