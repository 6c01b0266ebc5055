// A bind in the series of 2026: the memslot names its file before the bindings are looked at, and no more where they are taken.

import { expect, it } from 'vitest';
import { conversions_2026 } from '../../../machines/kernels/conversions-2026.ts';
import { mainline } from '../../../machines/kernels/mainline.ts';
import { createGmem, slot } from '../../../src/scenario/builder.ts';
import { EEXIST } from '../../../src/steps/errno.ts';
import { Drive, results } from '../../support/drive.ts';

it.each([['mainline', mainline, 0], ['conversions-2026', conversions_2026, 1]])('on %s', (_name, kernel, named) => {
  const drive = new Drive({ vms: [{}], setup: [createGmem('A', 2), slot(0, 0, 2, { fd: 'A' })], threads: [{ name: 'main', program: [slot(1, 2, 2, { fd: 'A' })] }] }, kernel);
  drive.until(['main.vm', 'main'], 'bind.testOverlap');
  const memslot = drive.frame('main.vm')['slot']!, handle = drive.frame('main.vm')['handle']!;
  expect([drive.objects.slot_gmem(memslot).file, drive.objects.file(handle).f_count]).toEqual([named, 2]);
  expect([...results(drive, 'main', 'main.vm'), drive.objects.slot_gmem(memslot).file, drive.objects.file(handle).f_count]).toEqual([EEXIST, 0, 1]);
});
