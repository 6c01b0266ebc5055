// The process's own memory: mappings, what is advised on them, accesses by the CPU and by the kernel.

import { VMM } from '../../memory/code.ts';
import { DESCRIPTOR_DEVZERO, DESCRIPTOR_MEMFD } from '../../memory/layouts/gmem.ts';
import { inapplicable, result, type Outcome } from '../outcome.ts';
import type { Context, Row } from '../context.ts';
import type { Args } from '../recording.ts';
import { MOST_PAGES } from '../needs.ts';
import { addRun, type Runs } from '../segments.ts';
import { signalFields } from '../signals.ts';
import { approximately, PAGE, type Numeric } from '../values.ts';

const number = (value: unknown): Numeric => (value ?? 0) as Numeric;
const NOTHING: Outcome = { kind: 'skipped', why: 'no mapping' };

/** Kinds of files that can be mapped and are not modelled. */
const HELD: readonly number[] = [DESCRIPTOR_MEMFD, DESCRIPTOR_DEVZERO];

/** A call on part of a mapping. */
const onMapping = (call: string, names: Readonly<Record<string, string>> = {}, fields: readonly string[] = []): Row => (args, context) => {
  const hva = context.place(args);
  if (hva === undefined) return NOTHING;
  const values: Record<string, Numeric | bigint> = { hva, size: number(args['len']) };
  for (const name in names) values[names[name]!] = number(args[name]);
  return context.call(call, values, fields);
};

/** Notes that a mapping is there, if it is. */
function mapped(outcome: Outcome, args: Args, context: Context): Outcome {
  if (outcome.kind === 'result' && outcome.result['ret'] === 'addr') context.noteMapping(args);
  return outcome;
}

const regionOf = (args: Args, context: Context): number => {
  const handle = context.names.of(args['as']);
  return handle.kind === 'map' ? handle.region : 0;
};

/** An access byte by byte, upwards, that stops at the first fault. `child`: a forked child does it. */
const access = (write: boolean, child: boolean): Row => (args, context) => {
  const address = context.place(args);
  if (address === undefined) return NOTHING;
  const { bench, segments, mainThread } = context;
  const actor = bench.actor(context.thread);
  const length = approximately(number(args['len']));
  const value = write ? approximately(number(args['value'])) : 0;
  const data: Runs = [];
  let done = 0;
  for (const piece of segments.pieces(address, length)) {
    const hva = bench.world.facts.hvas.find(BigInt(piece.page));
    if (hva < 0) return inapplicable('an access to pages that are too many, or lie where no mapping of the case is');
    bench.run(actor, [[VMM.HOST_ACCESS, hva, 1, write ? 1 : 0, value, 0, piece.first, piece.behind, 0, 0, child ? 1 : 0]]);
    const met = bench.world.objects.siginfo(mainThread);
    if (met.number !== 0) return result({ done, ...(write ? {} : { data }), ...signalFields(met, bench, false), fault_at: done });
    done += piece.to - piece.from;
    if (write) continue;
    const { pfn } = met;
    if (pfn === 0) addRun(data, 0, piece.to - piece.from);
    else segments.read(bench.world, pfn, piece, data);
  }
  return result({ done, ...(write ? {} : { data }) });
};

export const memory: Readonly<Record<string, Row>> = {
  mmap: (args, context) => (HELD.includes(context.foreignKind(args['fd'])) ? inapplicable('a mapping of a file that is no guest_memfd') : mapped(context.make('mmap', {
    region: regionOf(args, context), fd: context.fdWord(args['fd']), prot: number(args['prot']), flags: number(args['flags']),
    length: number(args['len']), offset: number(args['offset']),
  }, 'map'), args, context)),
  anon: (args, context) => mapped(context.make('anon', { region: regionOf(args, context), length: number(args['len']) }, 'map'), args, context),
  munmap: onMapping('munmap'),
  mprotect: onMapping('mprotect', { prot: 'prot' }),
  mlock: onMapping('mlock'),
  msync: onMapping('msync'),
  madvise: onMapping('madvise', { advice: 'advice' }),
  mincore: (args, context) => {
    const outcome = onMapping('mincore', {}, ['resident'])(args, context, undefined as never);
    if (outcome.kind !== 'result' || outcome.result['ret'] !== 0) return outcome;
    const pages = Math.min(64, Math.ceil(approximately(number(args['len'])) / PAGE));
    const bits = BigInt(outcome.result['resident'] as Numeric);
    return result({ ret: 0, resident: Array.from({ length: pages }, (_one, i) => String((bits >> BigInt(i)) & 1n)).join('') });
  },
  host_read: access(false, false),
  host_write: access(true, false),
  fork_read: access(false, true),
  fork_write: access(true, true),
  copy_from: onMapping('copy_from'),
  copy_to: (args, context) => {
    const hva = context.place(args);
    if (hva === undefined) return NOTHING;
    if (approximately(number(args['len'])) > MOST_PAGES * PAGE) return inapplicable('a copy of more pages than a world numbers');
    const pieces = [...context.segments.pieces(hva, approximately(number(args['len'])))];
    const whole = pieces.every(({ from, to }) => from === 0 && to === PAGE);
    if (!whole && pieces.length > 1) return inapplicable('a copy from a pipe into a part of several pages');
    const [one] = pieces;
    return context.call('copy_to', { hva, size: number(args['len']), ...(one === undefined ? {} : { segFrom: one.first, segTo: one.behind }) });
  },
  vmsplice: onMapping('vmsplice'),
  pvm_read: (args, context) => {
    const hva = context.place(args);
    return hva === undefined ? NOTHING : context.call('pvm_read', { hva, size: number(args['len']), segment: context.segments.at(Number(hva & 4095n)) }, ['first']);
  },
};
