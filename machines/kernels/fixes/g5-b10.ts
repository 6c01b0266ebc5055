// G5-B10, mended: the huge page is split before anybody can find it.

import { folioSteps } from '../../../src/steps/huge-folio.ts';
import { allOrNothing, byLevel, type Wanted } from '../../../src/steps/huge-file.ts';
import { step } from '../../fragment.ts';
import type { Editor } from '../../../src/kernel/edit.ts';
import type { Fix } from '../fix.ts';

/** The steps that do it, into folios as small as `wanted` says. */
const splitUnseen = (wanted: Wanted): NonNullable<Fix['steps']> => Object.fromEntries(Object.entries(folioSteps(wanted, true)).filter(([name]) => name.endsWith('.splitUnseen')));

/** The look at what is shared comes before the insertion; nobody can change it in between, since that takes the lock exclusively. */
function splitFirst(edit: Editor, steps: 'folio' | 'fileFolio'): void {
  edit.redirect('allocHuge', 'ok', 'mixed');
  edit.replace('mixed', step(`${steps}.testMixed`, 'kvm_gmem_has_some_shared', { mixed: 'splitNew', ok: 'insertHuge' }));
  edit.replace('splitNew', step(`${steps}.splitUnseen`, 'the allocator splits the pages', { ok: 'insertHuge' }));
  edit.redirect('putNew', 'ok', 'find');
}

export const g5b10: Fix = {
  mended: ['G5-B10'],
  steps: splitUnseen(allOrNothing),
  fragments: {
    'gmem.getFolio': (edit) => splitFirst(edit, 'folio'),
    'host.fileFolio': (edit) => splitFirst(edit, 'fileFolio'),
  },
};

/** The same where G5-B16 is mended too. */
export const g5b10ByLevel: Fix = { steps: splitUnseen(byLevel) };
