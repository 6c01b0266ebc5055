// The ground on which a drawn scenario plays: VMs, memory, and a set-up as a VMM makes it. Small, and with one page that everybody wants:
// operations that touch the same objects are what breaks something.

import type { MemorySpec, VmType } from '../../scenario/types.ts';
import type { AnyOp } from '../../scenario/walk.ts';
import type { Dice } from './dice.ts';

/** A memslot of the set-up. */
export interface GroundSlot {
  readonly slot: number;
  readonly page: number;
  readonly pages: number;
  readonly fd?: string;
  readonly filePage: number;
  readonly memory?: string;
}

export interface Ground {
  readonly vms: number;
  readonly type: VmType;
  /** Pages of file, slot and memory region. */
  readonly pages: number;
  readonly huge: boolean;
  /** The page that most operations are about. */
  readonly focus: number;
  readonly memory: readonly MemorySpec[];
  /** Descriptors that the set-up makes, with the pages of their files. */
  readonly files: ReadonlyMap<string, number>;
  /** Pages of file A that the set-up allocates, from page 0. */
  readonly allocated: number;
  /** Memslots of VM 0 that the set-up makes. */
  readonly slots: readonly GroundSlot[];
  readonly setup: readonly AnyOp[];
}

/** Where a second slot lies, away from the first. */
export const ELSEWHERE = 16;

/** Draws the ground. */
export function drawGround(dice: Dice): Ground {
  const huge = dice.chance(16);
  const pages = huge ? 4 : [1, 2, 3][dice.index(55, 35, 10)]!;
  const vms = dice.chance(7) ? 2 : 1;
  const type = (['sw-protected', 'confidential', 'default'] as const)[dice.index(70, 26, 4)]!;
  const hasMemory = huge || dice.chance(60);
  const files = new Map<string, number>();
  const setup: AnyOp[] = [];
  const slots: GroundSlot[] = [];
  const vm = vms > 1 ? { vm: 0 } : {};
  const makeFile = (fd: string, of: number): void => {
    files.set(fd, of);
    setup.push({ op: 'create_gmem', ...vm, fd, pages: of });
  };
  const makeSlot = (one: GroundSlot): void => {
    slots.push(one);
    setup.push({ op: 'set_region', ...vm, ...slotMembers(one) });
  };
  const hasFile = dice.chance(93);
  if (hasFile) makeFile('A', pages);
  if (dice.chance(12)) makeFile('B', pages);
  const split = hasFile && type !== 'default' && pages === 2 && dice.chance(25);
  const memory = hasMemory ? { memory: 'ram' } : {};
  if (dice.chance(80) && (hasMemory || (hasFile && type !== 'default'))) {
    // A VM without private memory has slots without a file.
    const file = hasFile && type !== 'default' ? { fd: 'A' } : {};
    makeSlot({ slot: 0, page: 0, pages: split ? 1 : pages, filePage: 0, ...file, ...memory });
    if (split) makeSlot({ slot: 1, page: 1, pages: 1, filePage: 1, ...file, ...memory });
  }
  if (type !== 'default' && dice.chance(hasMemory ? 45 : 75)) setup.push({ op: 'set_attributes', ...vm, page: 0, pages: huge && dice.chance(50) ? 1 : pages, to: 'private' });
  const allocated = hasFile && dice.chance(55) ? pages : 0;
  if (allocated > 0) setup.push({ op: 'allocate', fd: 'A', page: 0, pages: allocated });
  return {
    vms, type, pages, huge, focus: dice.below(pages), files, slots, allocated, setup,
    memory: hasMemory ? [{ name: 'ram', pages, ...(huge ? { huge } : {}) }] : [],
  };
}

/** Members of a set_region that makes a slot. */
export function slotMembers({ slot, page, pages, fd, filePage, memory }: GroundSlot): Readonly<Record<string, unknown>> {
  return {
    slot, page, pages, flags: fd === undefined ? [] : ['guest_memfd'],
    ...(fd === undefined ? {} : { fd, ...(filePage === 0 ? {} : { filePage }) }), ...(memory === undefined ? {} : { memory, ...(filePage === 0 ? {} : { memoryPage: filePage }) }),
  };
}
