// A patch to try: the fault path without its test under mmu_lock (is_page_fault_stale). S-01 breaks: a folio that was looked
// up before a hole punch is mapped after it.

import { deriveKernel, kernels } from 'faultline';

export default deriveKernel(kernels.find((kernel) => kernel.name === 'v6.8')!, {
  name: 'no-stale-test',
  title: 'Linux 6.8 without the stale test of the fault path',
  fragments: { 'mmu.fault': (edit) => edit.remove('stale', 'map') },
});
