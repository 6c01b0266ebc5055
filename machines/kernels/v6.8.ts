// Linux 6.8: guest_memfd as it was merged.

import { registers } from '../../src/memory/frames.ts';
import { layouts } from '../../src/memory/layouts/index.ts';
import { defineKernel } from '../../src/kernel/define.ts';
import { calls } from '../../src/steps/calls.ts';
import { initialise } from '../../src/steps/initialise.ts';
import { steps } from '../../src/steps/index.ts';
import * as flush from '../common/flush.ts';
import * as locks from '../common/locks.ts';
import * as bind from '../gmem/bind.ts';
import * as close from '../gmem/close.ts';
import * as create from '../gmem/create.ts';
import * as fallocate from '../gmem/fallocate.ts';
import * as info from '../gmem/info.ts';
import * as punchHole from '../gmem/punch-hole.ts';
import * as refused from '../gmem/refused.ts';
import * as release from '../gmem/release.ts';
import * as hwpoison from '../host/hwpoison.ts';
import * as faultin from '../host/faultin.ts';
import { commandedInjector, injector } from '../hardware/injector.ts';
import { interrupts } from '../hardware/interrupts.ts';
import * as memoryFailure from '../memory-failure/memory-failure.ts';
import * as fault from '../vcpu/fault.ts';
import * as vcpu from '../vcpu/vcpu.ts';
import * as vmm from '../vmm/vmm.ts';

import * as child from '../host/child.ts';
import * as madvise from '../host/madvise.ts';
import * as mappings from '../host/mappings.ts';
import * as notifier from '../host/notifier.ts';
import * as unmap from '../host/unmap.ts';
import * as memslots from '../vm/memslots.ts';
import * as setAttributes from '../vm/set-attributes.ts';
import * as setRegion from '../vm/set-region.ts';
import * as createVm from '../vm/create.ts';
import * as lifecycle from '../vm/lifecycle.ts';

export const v6_8 = defineKernel({
  name: 'v6.8',
  title: 'Linux 6.8, guest_memfd as merged',
  objects: Object.values(layouts),
  registers,
  calls,
  machines: [
    { machine: 'vcpu', root: 'vcpu' },
    { machine: 'hardware', root: 'hardware' },
    { machine: 'vmm', root: 'vmm' },
    { machine: 'vm-op', root: 'vm.operations' },
    { machine: 'gmem-op', root: 'gmem.operations' },
    { machine: 'host-op', root: 'host.operations' },
    // Life of files and VMs.
    { machine: 'gmem', root: 'gmem' },
    { machine: 'vm', root: 'vm' },
    { machine: 'memory-failure', root: 'memory-failure' },
    { machine: 'injector', root: 'injector' },
    // The same, told from outside what to do.
    { machine: 'vmm-commanded', root: 'vmm.commanded' },
    { machine: 'injector-commanded', root: 'injector.commanded' },
  ],
  fragments: [
    ...Object.values(locks), ...Object.values(flush), ...Object.values(fallocate), ...Object.values(punchHole),
    interrupts, ...Object.values(faultin), ...Object.values(fault), ...Object.values(vcpu), ...Object.values(vmm),

    ...Object.values(memslots), ...Object.values(setRegion), ...Object.values(setAttributes), ...Object.values(notifier), ...Object.values(unmap),
    ...Object.values(mappings), ...Object.values(madvise), ...Object.values(child),
    // Life of files and VMs.
    ...Object.values(create), ...Object.values(close), ...Object.values(release), ...Object.values(bind), ...Object.values(refused), ...Object.values(info),
    ...Object.values(createVm), ...Object.values(lifecycle), ...Object.values(memoryFailure), ...Object.values(hwpoison), injector, commandedInjector,
  ],
  steps,
  config: { attributes: true, memoryFailure: true, vmTypes: ['default', 'sw-protected'], userMemSlots: 32764 },
  initialise,
  bugs: [
    // Files, poison.
    {
      id: 'G4-B1', breaks: 'A fault that finds a poisoned folio never drops its reference: the page is not freed by a hole.',
      scenario: 'SC21', shownBy: ['S-19'], alsoIn: ['SC19', 'SC23', 'lost-fault', 'stress-all'], fixedIn: 'v6.8-fixed',
    },
    {
      id: 'G4-B2', breaks: 'A memslot that is deleted while its file is dying is freed and left in the bindings, which the release follows.',
      scenario: 'SC26', shownBy: ['S-11'], alsoIn: ['SC28', 'unbind-dying', 'stress-all'], fixedIn: 'v6.8-fixed',
    },
    {
      id: 'G4-B5', breaks: 'memory_failure() fails for a page of a guest_memfd though it was dealt with, and the thread that hit it is killed.',
      scenario: 'SC24', shownBy: ['S-22'], fixedIn: 'v6.8-fixed',
    },
    {
      id: 'G4-B8', breaks: 'A bind that runs out of memory half way reports success; faults on the rest of the memslot fail with EIO.',
      scenario: 'SC36', shownBy: ['S-22', 'S-34'], fixedIn: 'v6.8-fixed',
    },
    {
      id: 'G4-B9', breaks: 'A bind whose end wraps below zero is accepted, and faults put pages behind the end of the file.',
      scenario: 'SC35', shownBy: ['S-22', 'S-25'], fixedIn: 'v6.8-fixed',
    },
    {
      id: 'G4-B10', breaks: 'memory_failure() holds the folio lock and wants invalidate_lock, a hole in the same page the other way round.',
      scenario: 'SC22', shownBy: ['L-04'], lockOrder: ['folio_lock', 'invalidate_lock'], fixedIn: 'v6.8-fixed',
    },
    // Memslots, attributes, faults.
    {
      id: 'G4-B3', breaks: 'A request that drops GUEST_MEMFD from a memslot frees it and leaves the bindings of its file pointing to it.',
      scenario: 'SC33', shownBy: ['S-11'], alsoIn: ['stress-all'], race: ['gmem.nextBoundSlot', 'memslot.freeOld'], fixedIn: 'v6.8-fixed',
    },
    {
      id: 'G4-B4', breaks: 'While part of a huge page changes its attributes, a fault on another part maps all of it by one huge leaf.',
      scenario: 'SC13', shownBy: ['S-04', 'S-09'], alsoIn: ['stress-all'], fixedIn: 'v6.8-fixed',
    },
    {
      id: 'G4-B11', breaks: 'A fault that copied the attribute before a conversion exits after it with the old state, and a VMM that obeys undoes the conversion.',
      scenario: 'SC16', shownBy: ['S-33'], alsoIn: ['SC11', 'SC15', 'convert-intent', 'entry-file', 'entry-private', 'prefault-convert', 'stress-all'], fixedIn: 'v6.8-fixed',
    },
    {
      id: 'G4-B14', breaks: 'Binding a range of a file twice answers EINVAL where EEXIST is documented.',
      scenario: 'SC34', shownBy: ['S-22'], fixedIn: 'v6.8-fixed',
    },
  ],
  unshown: [
    {
      id: 'G4-B7', breaks: 'Memslots that are read-only and have a guest_memfd are accepted, whose writes private memory cannot emulate.',
      why: '6.8 as released has no such memslots any more: they were refused before, in 6.8-rc7.',
    },
    {
      id: 'G4-B12', breaks: 'unbind and release wait for RCU readers of slot->gmem.file, of which there are none.',
      why: 'A synchronize_rcu that waits for nobody is a step without an effect: SRCU, the reference and the second look keep things right.',
    },
    {
      id: 'G4-B13', breaks: 'A look-up of a folio that fails answers ENOMEM whatever the reason was.',
      why: 'No look-up of a folio fails here but for lack of memory, so there is no other errno to lose.',
    },
  ],
});
