// What this machine offers for recordings.

import { accessSync, constants } from 'node:fs';
import { RecorderError } from './program.ts';

/** The device of KVM. */
export const DEVICE = '/dev/kvm';

/** Throws a RecorderError where nothing can be recorded. */
export function needsDevice(device = DEVICE, platform: string = process.platform, arch: string = process.arch): void {
  if (platform !== 'linux' || arch !== 'x64') throw new RecorderError(`a recording needs Linux on x86-64 with ${DEVICE}; this is ${platform} on ${arch}`);
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new RecorderError(code === 'ENOENT' ? `a recording needs ${device}, and this machine has none: load the kernel's kvm module, or record elsewhere`
      : `a recording needs ${device}, which this user may not use (${code}): ask to be in the group that may`);
  }
}
