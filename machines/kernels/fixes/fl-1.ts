// FL-1, mended: who hits an entry of an access without a memslot that is out of date copies the attribute as on any other violation.

import type { Fix } from '../fix.ts';

export const fl1: Fix = {
  mended: ['FL-1'],
  fragments: { 'vcpu.tlbMiss': (edit) => { edit.redirect('entry', 'outdated', 'intent'); } },
};
