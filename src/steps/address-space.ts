// Address spaces of a VM: the guest's own, and where it is built in that of system management mode, which no vCPU of the model enters. The
// memslots of both are in one table: those of the second space in its upper half.

import { hasPrivateMemory } from './vm-type.ts';
import type { Facts, World } from '../memory/world.ts';

/** kvm_arch_nr_memslot_as_ids */
export const addressSpaces = (world: World, vm: number): number => (world.facts.config.smm === true && (vm < 0 || !hasPrivateMemory(world, vm)) ? 2 : 1);

/** Rows of the table that each address space has. */
export const rowsOfSpace = ({ sizes, config }: Facts): number => (config.smm === true ? sizes.slotId >>> 1 : sizes.slotId);

/** Row of the slot with this id; behind the table for an id that the scenario has no room for. */
export const rowOf = (facts: Facts, asId: number, id: number): number => (id < rowsOfSpace(facts) ? asId * rowsOfSpace(facts) + id : facts.sizes.slotId);
