// Conversion in place as the series of 2026 (v8) has it, on Linux 7.3 with the memory-failure series of October 2025, with folios of one page.
// The module parameter gmem_in_place_conversion is on.

import { deriveKernel } from '../../src/kernel/define.ts';
import { GUEST_MEMFD_FLAG_INIT_SHARED, GUEST_MEMFD_FLAG_MMAP } from '../../src/steps/vm-type.ts';
import { bindInTwo } from './conversions/bind.ts';
import { bugs2026, unshown2026 } from './conversions/bugs-2026.ts';
import { createFlags } from './conversions/create-flags.ts';
import { fileState } from './conversions/file-state.ts';
import { filter } from './conversions/filter.ts';
import { getPfnLocked, getPfnUnreferenced } from './conversions/get-pfn.ts';
import { hostFault } from './conversions/host-fault.ts';
import { lruBatch } from './conversions/lru-batch.ts';
import { populateUnlocked } from './conversions/populate.ts';
import { setAttributesOnFile } from './conversions/set-attributes.ts';
import { vmmConvert } from './conversions/vmm-convert.ts';
import { together } from './fix.ts';
import { g4b5 } from './fixes/g4-b5.ts';
import { g4b8 } from './fixes/g4-b8.ts';
import { mainline } from './mainline.ts';

const MMAP = GUEST_MEMFD_FLAG_MMAP, INIT_SHARED = GUEST_MEMFD_FLAG_INIT_SHARED;

export const conversions_2026 = deriveKernel(mainline, together('conversions-2026', 'the series of 2026: conversion in place, attributes of files', [
  g4b5,
  // Of a bind in two parts the one that can run out of memory is taken back.
  bindInTwo, g4b8,
  createFlags({ description: '1 MMAP, 2 INIT_SHARED', names: { mmap: MMAP, init_shared: INIT_SHARED }, private: MMAP, shared: MMAP | INIT_SHARED }, () => true),
  fileState(mainline, (flags) => (flags & INIT_SHARED) === 0),
  hostFault, getPfnLocked, getPfnUnreferenced, lruBatch(mainline), vmmConvert, filter, setAttributesOnFile(mainline), populateUnlocked,
  { config: { shareability: 'every' }, mended: ['FL-1', 'G4-B11'], bugs: bugs2026, unshown: unshown2026 },
]));
