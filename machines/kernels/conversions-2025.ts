// Conversion in place as the RFC series of May 2025 (v2) has it, on Linux 7.3, with folios of one page. The series that it stands on refuses
// files that the host can map in confidential VMs; here they may have them, since converting is for these VMs above all.

import { deriveKernel } from '../../src/kernel/define.ts';
import { bugs2025, unshown2025 } from './conversions/bugs-2025.ts';
import { convertOnFile } from './conversions/convert.ts';
import { createFlags } from './conversions/create-flags.ts';
import { fileState } from './conversions/file-state.ts';
import { getPfnLocked } from './conversions/get-pfn.ts';
import { hostFault } from './conversions/host-fault.ts';
import { lruBatch } from './conversions/lru-batch.ts';
import { vmmConvert } from './conversions/vmm-convert.ts';
import { populateLocked } from './conversions/populate.ts';
import { together } from './fix.ts';
import { mainline } from './mainline.ts';

/** Flags of KVM_CREATE_GUEST_MEMFD. */
const SUPPORT_SHARED = 1, INIT_PRIVATE = 2;

export const conversions_2025 = deriveKernel(mainline, together('conversions-2025', 'the RFC of May 2025: conversion in place', [
  createFlags({ description: '1 SUPPORT_SHARED, 2 INIT_PRIVATE', names: { support_shared: SUPPORT_SHARED, init_private: INIT_PRIVATE }, private: SUPPORT_SHARED | INIT_PRIVATE, shared: SUPPORT_SHARED },
    (flags) => (flags & INIT_PRIVATE) === 0 || (flags & SUPPORT_SHARED) !== 0),
  fileState(mainline, (flags) => (flags & INIT_PRIVATE) !== 0),
  hostFault, getPfnLocked, lruBatch(mainline), vmmConvert, convertOnFile, populateLocked,
  { config: { shareability: 'mapped' }, bugs: bugs2025, unshown: unshown2025 },
]));
