// Memory failure: what injects it, and what undoes it.

import { HARDWARE, PAGE_OF } from '../../memory/code.ts';
import { fileAt, indexAt } from '../../steps/mappings.ts';
import type { Context, Row } from '../context.ts';
import { errnoName } from '../errnos.ts';
import { inapplicable, result, type Outcome } from '../outcome.ts';
import type { Args } from '../recording.ts';
import { signalFields, withNames } from '../signals.ts';
import { HARDWARE as INJECTOR } from '../topology.ts';
import { toBigInt, type Numeric } from '../values.ts';

/** madvise(MADV_HWPOISON) on a page of a mapping. */
function advised(args: Args, context: Context): Outcome {
  const hva = context.place(args);
  if (hva === undefined) return { kind: 'skipped', why: 'no mapping' };
  context.bench.takeSignal(context.mainThread);
  const outcome = context.call('madvise_hwpoison', { hva });
  const signal = context.bench.takeSignal(context.mainThread);
  if (outcome.kind !== 'result' || signal === undefined) return outcome;
  return result({ ...outcome.result, ...withNames(signalFields(signal, context.bench, true), context.names) });
}

/** The page of a file behind a mapping that has no entry for it: its frame was noted while it had one. */
function ofFile({ bench: { world: { facts, objects } } }: Context, page: number): readonly number[] | undefined {
  if (page < 0 || objects.hpte(page).pfn !== 0 || fileAt(objects, page) === 0) return undefined;
  const file = fileAt(objects, page);
  for (let fd = 0; fd < facts.sizes.fd; fd++) if (objects.fd(fd).file === file) return [PAGE_OF.FILE, fd, indexAt(objects, page), 1];
  return undefined;
}

/** The page frame itself is told to have failed: nobody has consumed the error. */
function injected(args: Args, context: Context): Outcome {
  const { bench } = context;
  const { facts } = bench.world;
  let place: readonly number[];
  if (args['fd'] !== undefined) {
    const index = facts.indexes.find(BigInt.asUintN(64, toBigInt((args['offset'] ?? 0) as Numeric)) >> 12n);
    if (index < 0) return inapplicable('a file page that is too far behind');
    const fd = context.fdWord(args['fd']);
    if (fd < 0) return { kind: 'skipped', why: 'no page' };
    place = [PAGE_OF.FILE, fd, index, 1];
  } else {
    const hva = context.place(args);
    if (hva === undefined) return { kind: 'skipped', why: 'no mapping' };
    const page = facts.hvas.find(hva >> 12n);
    place = ofFile(context, page) ?? [PAGE_OF.MEMORY, 0, page, 1];
  }
  const injector = bench.actor(INJECTOR);
  bench.takeSignal(context.mainThread);
  bench.run(injector, [[HARDWARE.MEMORY_ERROR, bench.actor(`${INJECTOR}.mf`), 0, ...place, 0, args['kill'] === 'EARLY' ? 1 : 0]]);
  if (!bench.isAnswered(injector)) return { kind: 'skipped', why: 'no page' };
  const { errno } = bench.replyTo(injector);
  const signal = bench.takeSignal(context.mainThread);
  return result({ ...(errno === 0 ? { ret: 0 } : { ret: -1, errno: errnoName(errno) }), ...(signal === undefined ? {} : withNames(signalFields(signal, bench, true), context.names)) });
}

export const failure: Readonly<Record<string, Row>> = {
  memory_failure: (args, context) => {
    switch (args['method']) {
      case 'madvise': return advised(args, context);
      case 'debugfs': return injected(args, context);
      default: return inapplicable(`memory failure by '${String(args['method'])}'`);
    }
  },
  unpoison: ({ fd, offset }, context) => context.call('unpoison', { fd: context.fdWord(fd), offset: offset as Numeric }),
};
