// A conversion restructures the folios of the huge pages that it reaches into: what becomes shared is split, what is all private again is merged.

import { folio_sizes } from '../../../../src/memory/layouts/huge.ts';
import { convertSteps, exclusionSteps, forgetSizes, steps, walkFrames } from '../../../../src/steps/huge-convert.ts';
import { RestructureFrame, runFrame, steps as restructureSteps } from '../../../../src/steps/huge-restructure.ts';
import { convertBegin, convertEnd, convertZap, mergeFolios, restructure, splitFolio, widenedBegin, widenedEnd, zapRange } from '../../../gmem/huge.ts';
import { step, use } from '../../../fragment.ts';
import type { Kernel } from '../../../../src/kernel/define.ts';
import type { Convert } from '../../../../src/steps/gmem-convert.ts';
import type { Step } from '../../../../src/memory/world.ts';
import type { Fix } from '../../fix.ts';

/** The change to `base`. */
export function hugeConvert(base: Kernel): Fix {
  const finish = base.steps.get('convert.finish') as Step<Convert>;
  return {
    objects: [folio_sizes],
    registers: [...walkFrames, RestructureFrame, runFrame('gmem.splitFolio'), runFrame('gmem.mergeFolios')],
    steps: {
      ...steps, ...convertSteps, ...exclusionSteps, ...restructureSteps,
      'convert.finish': ((world, f, choose) => {
        forgetSizes(world, f.self);
        return finish(world, f, choose);
      }) satisfies Step<Convert>,
    },
    fragments: {
      ...Object.fromEntries([widenedBegin, widenedEnd, zapRange, convertBegin, convertEnd, convertZap, restructure].map((one) => [one.name, one])),
      'gmem.splitFolio': splitFolio('gmem.splitFolio', 'split.begin'),
      'gmem.mergeFolios': mergeFolios('gmem.mergeFolios', 'merge.begin'),
      'gmem.convert': (edit) => {
        edit.replace('beginNext', step('convert.firstItem', 'C4: list_for_each_entry(work)', { ok: 'begin', done: 'zapNext' }));
        edit.add('zapNext', step('convert.nextItem', 'C5: list_for_each_entry(work)', { ok: 'zap', done: 'direction' }));
        edit.add('zap', use('gmem.convertZap', 'zapNext'));
        edit.redirect('store', 'ok', 'restructure');
        edit.add('restructure', use('gmem.restructure', { done: 'storeNext', failed: 'undoFailed' }));
        edit.add('undoFailed', step('convert.restructureFailed', 'C7: kvm_gmem_convert_execute_work the other way round, the failing item included', { ok: 'undoNext' }));
        edit.redirect('undo', 'ok', 'undoRestructure');
        edit.add('undoRestructure', use('gmem.restructure', { done: 'undoNext', failed: 'undoNext' }));
      },
    },
  };
}
