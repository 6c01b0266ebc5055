// 6.12: a page of a guest_memfd is cleared when a guest first needs it, not when it is allocated: kvm_gmem_prepare_folio is a part of
// kvm_gmem_get_pfn from here on, with the folio locked, and fallocate leaves behind pages that nobody has cleared.

import { step } from '../../fragment.ts';
import type { Fix } from '../fix.ts';

export const prepareOnFault: Fix = {
  fragments: {
    'gmem.getFolio': (edit) => {
      edit.redirect('check', 'ok', '^done');
      edit.redirect('insert', 'ok', '^done');
      edit.remove('clear', '^done');
      edit.remove('uptodate', '^done');
    },
    'gmem.getPfn': (edit) => {
      edit.redirect('poison', 'ok', 'clear');
      edit.add('clear', step('folio.clear', 'kvm_gmem_prepare_folio: clear_highpage', { ok: 'uptodate', already: 'unlock' }));
      edit.add('uptodate', step('folio.markUptodate', 'kvm_gmem_mark_prepared', { ok: 'unlock' }));
    },
  },
};
