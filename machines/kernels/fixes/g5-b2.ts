// G5-B2, mended: the error index is set on every way to an error; where memory ran out, it is the first page of what could not be stored.

import { steps, type Convert } from '../../../src/steps/gmem-convert.ts';
import { enomem } from '../../../src/steps/folio.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const store: Step<Convert> = (world, f) => {
  const result = steps['convert.store'](world, f);
  if (result === enomem) f.error_index = f.start + 1;
  return result;
};

export const g5b2: Fix = {
  mended: ['G5-B2'],
  steps: { 'convert.store': store },
};
