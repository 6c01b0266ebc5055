// All built-in steps, by name.

import * as fallocate from './fallocate.ts';
import * as fault from './fault.ts';
import * as file from './file.ts';
import * as flush from './flush.ts';
import * as folio from './folio.ts';
import * as gmemFault from './gmem-fault.ts';
import * as gmemInvalidate from './gmem-invalidate.ts';
import * as guest from './guest.ts';
import * as host from './host.ts';
import * as lock from './lock.ts';
import * as mmu from './mmu.ts';
import * as op from './op.ts';
import * as vcpu from './vcpu.ts';
import * as vmm from './vmm.ts';

export const steps = {
  ...fallocate.steps, ...fault.steps, ...file.steps, ...flush.steps, ...folio.steps, ...gmemFault.steps, ...gmemInvalidate.steps,
  ...guest.steps, ...host.steps, ...lock.steps, ...mmu.steps, ...op.steps, ...vcpu.steps, ...vmm.steps,
};

export type StepName = keyof typeof steps;
