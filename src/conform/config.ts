// What the machine of a recording was: the options of its kernel, and how its recorder set guests up. It stands in a side file beside
// the recording, or is that of the kernel.

import { RecordingError, shown } from './errors.ts';
import { isFields } from './check-entry.ts';
import type { Config } from '../memory/world.ts';

export interface Machine {
  /** What it says of the kernel's build; the rest is as the kernel has it. */
  readonly config: Partial<Config>;
  /** Every VM has a plain slot of the recorder's own, with the guest's page tables and code. */
  readonly hiddenSlot: boolean;
}

/** The machine of recordings that say nothing of theirs. */
export const PLAIN_MACHINE: Machine = { config: {}, hiddenSlot: false };

const FIELDS = ['kernel', 'attributes', 'memoryFailure', 'vmTypes', 'userMemSlots', 'prefault', 'gmemFlags', 'gmemOfDefaultVm', 'hiddenSlot', 'about'];

/** Reads the side file of a recording. */
export function readMachine(text: string, file: string): Machine {
  const wrong = (field: string, problem: string): never => { throw new RecordingError({ file, line: 1 }, field, problem); };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return wrong('', 'is not JSON');
  }
  if (!isFields(value)) return wrong('', `is an object, not ${shown(value)}`);
  const config: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(value)) {
    if (!FIELDS.includes(name)) wrong(name, `there is no such field; there is ${FIELDS.join(', ')}`);
    if (['attributes', 'memoryFailure', 'prefault', 'gmemOfDefaultVm', 'hiddenSlot'].includes(name) && typeof one !== 'boolean') wrong(name, `is true or false, not ${shown(one)}`);
    if (['userMemSlots', 'gmemFlags'].includes(name) && !(Number.isInteger(one) && (one as number) >= 0)) wrong(name, `is a whole number, not ${shown(one)}`);
    if (name === 'vmTypes' && !(Array.isArray(one) && one.every((type) => type === 'default' || type === 'sw-protected'))) wrong(name, "is a list of 'default' and 'sw-protected'");
    if (name !== 'hiddenSlot' && name !== 'about' && name !== 'kernel') config[name] = one;
  }
  return { config, hiddenSlot: value['hiddenSlot'] === true };
}
