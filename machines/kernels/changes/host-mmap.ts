// 6.18: a guest_memfd that was made with the flag MMAP can be mapped by its VMM, shared only; one that was made with INIT_SHARED too lets
// the VMM touch its pages. A hole unmaps them from the process, and so does a memory failure, which leaves its marker in the entries.
// The kernel that has it sets `gmemFlags` in its configuration.

import { frame } from '../../../src/memory/layout.ts';
import { MlockFrame, MunmapFrame } from '../../../src/memory/frames.ts';
import { i_mmap_lock } from '../../../src/memory/layouts/i-mmap.ts';
import { createGmemCall } from '../../../src/steps/calls.ts';
import { steps as faultSteps } from '../../../src/steps/gmem-host-fault.ts';
import { steps as mmapSteps } from '../../../src/steps/gmem-mmap.ts';
import { GUEST_MEMFD_FLAG_INIT_SHARED, GUEST_MEMFD_FLAG_MMAP } from '../../../src/steps/vm-type.ts';
import { step, use } from '../../fragment.ts';
import * as fragments from '../../gmem/mmap.ts';
import type { Fix } from '../fix.ts';

const registers = [
  frame('host.fileFolio', { of: { ref: 'inode' }, at: { ref: 'index' } }),
  frame('gmem.unmapFolio', { hva: { ref: 'hva' }, hva_end: { ref: 'hva' } }),
  frame('host.populateMapping', MlockFrame.fields),
  frame('host.remove', { advised: { ref: 'hva' }, advised_end: { ref: 'hva' } }),
  frame('host.munmap', { ...MunmapFrame.fields, region: {} }),
  frame('vmm.childAccess', { hva: { ref: 'hva' }, write: {}, page: { ref: 'pfn' } }),
];

export const hostMmap: Fix = {
  objects: [i_mmap_lock],
  // A file that the host can map, and touch or not.
  calls: [createGmemCall({ states: { member: 'init', private: GUEST_MEMFD_FLAG_MMAP, shared: GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED } })],
  registers,
  steps: { ...mmapSteps, ...faultSteps },
  fragments: {
    ...Object.fromEntries(Object.values(fragments).map((one) => [one.name, one])),
    'host.mmap': (edit) => {
      edit.replace('method', step('gmemMmap.check', 'path_noexec, kvm_gmem_mmap', { ok: 'lockList', child: 'unlock', refused: 'unlock' }));
      edit.add('lockList', use('imap.writeLock', 'link'));
      edit.add('link', step('gmemMmap.link', 'vma_link', { ok: 'unlockList' }));
      edit.add('unlockList', step('imap.upWrite', 'i_mmap_unlock_write', { ok: 'unlockLinked' }));
      edit.add('unlockLinked', step('mmap.upWrite', 'mmap_write_unlock', { ok: 'populate' }));
      edit.add('populate', use('host.populateMapping', 'fput'));
    },
    'host.munmap': (edit) => {
      edit.redirect('end', 'done', 'file');
      edit.add('file', step('munmap.nextFile', 'remove_vma', { file: 'lockList', done: 'unlock' }));
      edit.add('lockList', use('imap.writeLock', 'forget'));
      edit.add('forget', step('munmap.forgetFile', 'unlink_file_vma, fput', { ok: 'unlockList' }));
      edit.add('unlockList', step('imap.upWrite', 'i_mmap_unlock_write', { ok: 'file' }));
      edit.redirect('unlock', 'ok', 'release');
      edit.add('release', step('munmap.awaitRelease', '__fput before the return to userspace', { ok: '^done' }));
    },
    'host.handleFault': (edit) => {
      edit.redirect('entry', 'absent', 'backing');
      edit.add('backing', step('hostFault.testBacking', 'vma->vm_ops', { anon: 'allocate', file: 'file' }));
      edit.add('file', use('host.fileFault', { done: 'unlock', beyond: 'unlockBeyond', enomem: 'unlockEnomem', poisoned: 'unlockPoisoned' }));
      edit.add('unlockBeyond', step('mmap.upRead', 'mmap_read_unlock', { ok: '^beyond' }));
    },
    // Everybody who brings a page in.
    'host.faultinPfn': (edit) => {
      edit.replace('fault', use('host.handleFault', { done: 'fast', unmapped: 'failed', denied: 'failed', beyond: 'failed', enomem: 'failed', poisoned: 'poisoned' }));
    },
    'host.getUserPage': (edit) => {
      edit.replace('fault', use('host.handleFault', { done: 'fast', unmapped: 'unmapped', denied: 'unmapped', beyond: 'unmapped', enomem: 'enomem', poisoned: 'poisoned' }));
    },
    'host.touch': (edit) => {
      edit.replace('fault', use('host.handleFault', { done: 'lock', unmapped: '^unmapped', denied: '^denied', beyond: '^beyond', enomem: '^enomem', poisoned: '^poisoned' }));
    },
    'host.mlock': (edit) => {
      edit.replace('populate', use('host.touch', { done: '^done', unmapped: 'failed', denied: 'failed', beyond: 'failed', enomem: 'noMemory', poisoned: 'failed' }));
    },
    'host.populateAdvice': (edit) => {
      edit.replace('pages', use('host.touch', { done: 'finish', unmapped: 'unmapped', denied: 'denied', beyond: 'noPage', enomem: 'unmapped', poisoned: 'poisoned' }));
      edit.add('noPage', step('populate.noPage', 'EFAULT', { ok: '^done' }));
    },
    'host.copy': (edit) => {
      edit.replace('pages', use('host.touch', { done: 'finish', unmapped: 'short', denied: 'short', beyond: 'short', enomem: 'short', poisoned: 'short' }));
    },
    'vmm.access': (edit) => {
      edit.replace('fault', use('host.handleFault', { done: 'access', unmapped: 'segv', denied: 'accerr', beyond: 'busAdr', enomem: 'segv', poisoned: 'sigbus' }));
      edit.add('busAdr', step('vmm.raiseBusAdr', 'do_sigbus: BUS_ADRERR', { ok: '^done' }));
    },
    'vmm.childAccess': (edit) => {
      edit.replace('access', step('child.accessMapping', 'the access through the copy of the mapping', { ok: '^done', file: 'file' }));
      edit.add('file', use('host.fileFolio', { done: 'touch', beyond: 'busAdr', enomem: 'noMemory', poisoned: 'poisoned' }));
      edit.add('touch', step('child.accessPage', 'the access', { ok: 'unlock' }));
      edit.add('unlock', step('fileFolio.unlock', 'folio_unlock', { ok: 'put' }));
      edit.add('put', step('fileFolio.put', 'exit_mmap', { ok: '^done' }));
      edit.add('busAdr', step('child.dieBusAdr', 'do_sigbus: BUS_ADRERR', { ok: '^done' }));
      edit.add('poisoned', step('child.diePoisoned', 'do_sigbus: BUS_MCEERR_AR', { ok: '^done' }));
      edit.add('noMemory', step('child.dieNoMemory', 'out of memory', { ok: '^done' }));
    },
    // What takes a page away.
    'gmem.truncate': (edit) => { edit.insertBefore('remove', 'unmap', use('gmem.unmapFolio', 'remove')); },
    memoryFailure: (edit) => {
      edit.redirect('identify', 'file', 'unmapFile');
      edit.add('unmapFile', use('memoryFailure.unmapFile', 'file'));
    },
    'host.madvise': (edit) => {
      edit.redirect('validate', 'remove', 'remove');
      edit.add('remove', use('host.remove', '^done'));
    },
  },
};
