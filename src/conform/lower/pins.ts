// Pages that the process holds beyond its mapping of them, as get_user_pages does for a device.

import { HARDWARE, PAGE_OF } from '../../memory/code.ts';
import type { Row } from '../context.ts';
import { inapplicable, result } from '../outcome.ts';
import { HARDWARE as INJECTOR } from '../topology.ts';
import { approximately, PAGE, type Numeric } from '../values.ts';

/** Pages that can be held at a time. */
const MOST_PINS = 4;

/** The rows of `pin` and `unpin`; `touch` brings a page in as any access of the process does. */
export const pins = (touch: Row): Readonly<Record<string, Row>> => ({
  pin: (args, context, step) => {
    const start = context.place(args);
    if (start === undefined) return { kind: 'skipped', why: 'no mapping' };
    const pages = Math.ceil(approximately((args['len'] ?? 0) as Numeric) / PAGE);
    if (pages > MOST_PINS) return inapplicable(`a pin of more than ${MOST_PINS} pages`);
    const { bench } = context;
    const held: number[][] = [];
    for (let page = 0; page < pages; page++) {
      const touched = touch({ map: args['map']!, off: approximately((args['off'] ?? 0) as Numeric) + page * PAGE, len: 1 }, context, step);
      if (touched.kind !== 'result' || touched.result['signal'] !== undefined) return result({ ret: -1, errno: 'EFAULT' });
      held.push([PAGE_OF.MEMORY, 0, bench.world.facts.hvas.find((start >> 12n) + BigInt(page)), 1]);
    }
    bench.run(bench.actor(INJECTOR), held.map((place) => [HARDWARE.PIN, ...place]));
    context.pins.set(String(args['as']), held);
    return result({ ret: 0 });
  },
  unpin: (args, context) => {
    const held = context.pins.get(String(args['pin'])) ?? [];
    context.pins.delete(String(args['pin']));
    context.bench.run(context.bench.actor(INJECTOR), held.map((place) => [HARDWARE.UNPIN, ...place]));
    return result({ ret: 0 });
  },
});
