// G5-B7, mended: who holds invalidate_lock maps the page by a helper that does not take it.

import { mapHeldPage } from '../../vcpu/init-mem-region.ts';
import { use } from '../../fragment.ts';
import { mainline } from '../mainline.ts';
import type { Fix } from '../fix.ts';

/** kvm_gmem_get_pfn without the lock, as mainline has it. */
const getHeldPfn = { ...mainline.fragments.get('gmem.getPfn')!, name: 'gmem.getHeldPfn', frame: 'gmem.getPfn' };

export const g5b7: Fix = {
  mended: ['G5-B7'],
  fragments: {
    'gmem.getHeldPfn': getHeldPfn,
    'tdx.mapPage': mapHeldPage,
    'vcpu.initMemRegion': (edit) => edit.replace('map', use('tdx.mapPage', { fixed: 'add', retry: 'map', exit: 'refuse' })),
  },
};
