// How many kernel objects a scenario's programs can need at a time.

import { ScenarioError } from './errors.ts';
import { LIMITS } from './limits.ts';
import type { ReadCall } from './call-arguments.ts';

/** Copies of a memslot at a time: the one in force, its INVALID copy, and the new one. */
const COPIES = 3;

export class Pools {
  /** Files made, one for each place in a program that makes one. */
  files = 0;
  /** Slots by VM and id. */
  private readonly slots = new Set<string>();
  /** Slot ids: 0 to this, exclusive. */
  slotIds = 1;
  private readonly most: number;

  /** `most`: KVM_USER_MEM_SLOTS; other ids are refused by the kernel. */
  constructor(most: number) {
    this.most = most;
  }

  count({ call, values }: ReadCall, path: string): void {
    if (call.makesFile === true) {
      this.files++;
      if (this.files > LIMITS.files) throw new ScenarioError(path, `more than ${LIMITS.files} files are made; the limit 'files' is ${LIMITS.files}`);
    }
    if (call.name !== 'set_region') return;
    const slot = Number(BigInt.asUintN(32, values.get('slot')!));
    const id = slot & 0xffff;
    if (id >= this.most) return;
    this.slots.add(`${values.get('vm')!}:${slot}`);
    if (this.slots.size > LIMITS.slots) throw new ScenarioError(path, `more than ${LIMITS.slots} memslots; the limit 'slots' is ${LIMITS.slots}`);
    this.slotIds = Math.max(this.slotIds, id + 1);
  }

  /** Memslot objects, the one that is none included. */
  get memslots(): number {
    return this.slots.size * COPIES + 1;
  }
}
