// Steps on file references: fget and fput. The last reference makes the file dying; its release runs later, elsewhere.

import { ok } from '../memory/outcome.ts';
import { FILE_DYING } from '../memory/layouts/gmem.ts';
import type { Step, World } from '../memory/world.ts';

/** fput: at zero the release is queued. */
export function putFile({ file }: World, number: number): void {
  const target = file(number);
  if (target.add_f_count(-1) === 0) target.state = FILE_DYING;
}

export const steps = {
  /** fput of the file that a fault has a reference on. */
  'file.put': (world, f) => {
    putFile(world, f.file);
    return ok;
  },
  /** fdput of the file that a system call works on. */
  'fd.put': (world, f) => {
    putFile(world, f.handle);
    return ok;
  },
} satisfies { [name: string]: Step<{ file: number; handle: number }> };
