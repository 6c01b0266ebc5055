// The memory of a VM: slots, attributes, dirty logs.

import type { Context, Row } from '../context.ts';
import type { Args } from '../recording.ts';
import type { Numeric } from '../values.ts';

const number = (value: unknown): Numeric => (value ?? 0) as Numeric;

/** Id of a slot: a number, or, in facts, how many the kernel has. */
const slotOf = (value: unknown, { bench }: Context): Numeric => (value === 'CAP_NR_MEMSLOTS' ? bench.world.facts.config.userMemSlots : number(value));

const region = (args: Args, context: Context): Record<string, Numeric | bigint> => ({
  vm: context.vmWord(args['vm']), slot: slotOf(args['slot'], context), flags: number(args['flags']), gpa: number(args['gpa']), size: number(args['size']),
  hva: context.address(args['hva']), badptr: args['badptr'] ? 1 : 0,
});

export const vm: Readonly<Record<string, Row>> = {
  set_region2: (args, context) => context.call('set_region', {
    ...region(args, context), fd: context.fdWord(args['fd']), offset: number(args['offset']), pad: args['pad'] ? 1 : 0,
  }),
  set_region: (args, context) => context.call('set_region_old', region(args, context)),
  set_attr: ({ vm: which, gpa, size, attrs, flags }, context) => context.call('set_attributes', {
    vm: context.vmWord(which), gpa: number(gpa), size: number(size), attributes: number(attrs), flags: number(flags),
  }),
  get_dirty_log: ({ vm: which, slot }, context) => context.call('get_dirty_log', { vm: context.vmWord(which), slot: slotOf(slot, context) }, ['bitmap0']),
};
