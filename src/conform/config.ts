// What the machine of a recording was: the options of its kernel, and how its recorder set guests up. It stands in a side file beside
// the recording, or is that of the kernel.

import { isFields } from './check-entry.ts';
import { RecordingError, shown } from './errors.ts';
import type { Config } from '../memory/world.ts';

export interface Machine {
  /** What its kernel's build has otherwise than the model's kernel. */
  readonly config: Partial<Config>;
  /** Every VM has a plain slot of the recorder's own, number 100, with the guest's page tables and code. */
  readonly hiddenSlot: boolean;
}

/** The machine of recordings that say nothing of theirs. */
export const PLAIN_MACHINE: Machine = { config: {}, hiddenSlot: false };

/** Fields of a side file, with what each must be. */
const FIELDS: Readonly<Record<string, 'flag' | 'count' | 'types' | 'text'>> = {
  about: 'text', kernel: 'text', attributes: 'flag', memoryFailure: 'flag', prefault: 'flag', gmemOfDefaultVm: 'flag', vmTypes: 'types', userMemSlots: 'count', gmemFlags: 'count',
  hiddenSlot: 'flag', smm: 'flag',
};
/** Those that are not of the kernel's build. */
const NOT_BUILD = ['about', 'kernel', 'hiddenSlot'];
const TYPES = ['default', 'sw-protected'];

const PROBLEMS: Readonly<Record<string, (value: unknown) => string | undefined>> = {
  flag: (value) => (typeof value === 'boolean' ? undefined : `is true or false, not ${shown(value)}`),
  count: (value) => (Number.isInteger(value) && (value as number) >= 0 ? undefined : `is a whole number, not ${shown(value)}`),
  types: (value) => (Array.isArray(value) && value.every((one) => TYPES.includes(one as string)) ? undefined : `is a list of ${TYPES.join(' and ')}`),
  text: (value) => (typeof value === 'string' ? undefined : `is a text, not ${shown(value)}`),
};

/** Reads the side file of a recording. Throws RecordingError. */
export function readMachine(text: string, file: string): Machine {
  const wrong = (field: string, problem: string): never => { throw new RecordingError({ file, line: 1 }, field, problem); };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return wrong('', 'is not JSON');
  }
  if (!isFields(value)) return wrong('', `is an object, not ${shown(value)}`);
  for (const [name, one] of Object.entries(value)) {
    const kind = Object.hasOwn(FIELDS, name) ? FIELDS[name]! : wrong(name, `there is no such field; there is ${Object.keys(FIELDS).join(', ')}`);
    const problem = PROBLEMS[kind]!(one);
    if (problem !== undefined) wrong(name, problem);
  }
  const config = Object.fromEntries(Object.entries(value).filter(([name]) => !NOT_BUILD.includes(name)));
  return { config, hiddenSlot: value['hiddenSlot'] === true };
}
