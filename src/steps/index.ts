// All built-in steps, by name.

import * as command from './command.ts';
import * as descriptor from './descriptor.ts';
import * as dirtyLog from './dirty-log.ts';
import * as fallocate from './fallocate.ts';
import * as fault from './fault.ts';
import * as fileRefused from './file-refused.ts';
import * as fileInfo from './file-info.ts';
import * as file from './file.ts';
import * as flush from './flush.ts';
import * as folio from './folio.ts';
import * as gmemBind from './gmem-bind.ts';
import * as gmemCreate from './gmem-create.ts';
import * as gmemFault from './gmem-fault.ts';
import * as gmemInvalidate from './gmem-invalidate.ts';
import * as gmemRelease from './gmem-release.ts';
import * as guest from './guest.ts';
import * as host from './host.ts';
import * as hwpoison from './hwpoison.ts';
import * as injector from './injector.ts';
import * as lock from './lock.ts';
import * as memoryFailure from './memory-failure.ts';
import * as mmu from './mmu.ts';
import * as op from './op.ts';
import * as vcpu from './vcpu.ts';
import * as vmCreate from './vm-create.ts';
import * as vmLife from './vm-life.ts';
import * as vmm from './vmm.ts';

import * as child from './child.ts';
import * as hostCopy from './host-copy.ts';
import * as madvise from './madvise.ts';
import * as mappingChange from './mapping-change.ts';
import * as mappingMake from './mapping-make.ts';
import * as softOffline from './soft-offline.ts';

import * as attributes from './attributes.ts';
import * as hostFault from './host-fault.ts';
import * as hostUnmap from './host-unmap.ts';
import * as memslots from './memslots.ts';
import * as mmuRoots from './mmu-roots.ts';
import * as notifier from './notifier.ts';
import * as setRegion from './set-region.ts';
import * as vmmConvert from './vmm-convert.ts';
import * as vmmHost from './vmm-host.ts';

export const steps = {
  ...fallocate.steps, ...fault.steps, ...file.steps, ...flush.steps, ...folio.steps, ...gmemFault.steps, ...gmemInvalidate.steps,
  ...guest.steps, ...host.steps, ...lock.steps, ...mmu.steps, ...op.steps, ...vcpu.steps, ...vmm.steps,
  // From outside.
  ...command.steps,
  // Life of files and VMs.
  ...descriptor.steps, ...dirtyLog.steps, ...fileInfo.steps, ...fileRefused.steps, ...gmemBind.steps, ...gmemCreate.steps, ...gmemRelease.steps, ...vmCreate.steps, ...vmLife.steps,
  ...hwpoison.steps, ...injector.steps, ...memoryFailure.steps,

  ...attributes.steps, ...hostFault.steps, ...hostUnmap.steps, ...memslots.steps, ...mmuRoots.steps, ...notifier.steps, ...setRegion.steps,
  ...vmmConvert.steps, ...vmmHost.steps,
  // Mappings of the VMM's process, and what other processes may do.
  ...child.steps, ...hostCopy.steps, ...madvise.steps, ...mappingChange.steps, ...mappingMake.steps, ...softOffline.steps,
};

export type StepName = keyof typeof steps;
