// The machines that the committed recordings are from, by the release of their kernel.

import { PLAIN_MACHINE, type Machine } from './config.ts';

export const MACHINES: Readonly<Record<string, Machine>> = {
  '6.18.44': { config: { attributes: false, memoryFailure: false, vmTypes: ['default'], prefault: false, smm: false }, hiddenSlot: false },
  '7.3.4': { config: { attributes: true, memoryFailure: true, vmTypes: ['default', 'sw-protected'], smm: true }, hiddenSlot: true },
};

/** The machine whose recordings a kernel is held against; where nobody says another. */
const OF_KERNEL: Readonly<Record<string, string>> = { 'v6.18': '6.18.44', mainline: '7.3.4' };

/** Name of the machine of a kernel; nothing where it has none, and its own build counts. */
export const machineNameOf = (kernel: string): string | undefined => OF_KERNEL[kernel];

/** A machine by its name. */
export const machineNamed = (name: string | undefined): Machine | undefined => (name === undefined ? PLAIN_MACHINE : MACHINES[name]);
