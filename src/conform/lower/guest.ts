// What guests do, and what vCPUs are asked for: accesses, hypercalls, entering again, pre-faults; and a guest that goes on beside.

import { ACCESS_FILL, BYTES, GUEST, HARDWARE, INSTRUCTION } from '../../memory/code.ts';
import { ok } from '../../memory/outcome.ts';
import type { Reply } from '../bench.ts';
import { exitFields } from '../exits.ts';
import type { Context, Row } from '../context.ts';
import { inapplicable, result, type Outcome } from '../outcome.ts';
import type { Args, Result } from '../recording.ts';
import { CODE_PAGE, MOST_PAGES } from '../needs.ts';
import { addRun, type Piece, type Runs } from '../segments.ts';
import { signalFields, withNames } from '../signals.ts';
import { ENTER_ANEW, HARDWARE as INJECTOR, enterAgain } from '../topology.ts';
import { approximately, PAGE, toBigInt, unsigned64, wordsOf, type Numeric } from '../values.ts';

const number = (value: unknown): Numeric => (value ?? 0) as Numeric;

/** A guest's program, and what its result is made of. */
export interface Guest {
  readonly program: readonly (readonly number[])[];
  /** Bytes that it reads. */
  readonly reads: number;
  /** It asks for something: its result is what it gets. */
  readonly asks: boolean;
}

/** Bytes of the guest's own page tables that an access walks over, and of its code: their pages. */
const TABLES_AND_CODE = [0x10, 0x11, 0x12, CODE_PAGE];
/** Below this address lie the guest's own tables and code, in the recorder's own slot. */
const OWN_MEMORY = 0x20_0000;
/** Steps after which somebody gives up waiting for a spinning guest. */
const PATIENCE = 1500;
/** What makes a vCPU leave that does not by itself: any signal with a handler. */
const SIGUSR1 = 10;

/** An access of at most 8 bytes, in one page or over a border. Nothing when its pages are not numbered. */
export function access(operation: number, args: Args, context: Context, fill: boolean): number[] | undefined {
  const address = BigInt.asUintN(64, toBigInt(number(args['gpa'])));
  const length = approximately(number(args['len']));
  if (length <= 0 || length > WORD && !fill) return undefined;
  const [first, second] = [...context.segments.pieces(address, length)] as [Piece, Piece?];
  const { gfns } = context.bench.world.facts;
  const gfn = gfns.find(BigInt(first.page));
  const behind = second === undefined ? -1 : gfns.find(BigInt(second.page));
  if (gfn < 0 || (second !== undefined && behind < 0)) return undefined;
  const words = Array<number>(INSTRUCTION).fill(0);
  const [low, high] = wordsOf(number(args['value']));
  words[0] = operation;
  words[1] = gfn;
  words[2] = 1;
  if (operation === GUEST.WRITE) words[4] = low & 0xff;
  words[BYTES.FROM] = first.first;
  words[BYTES.TO] = first.behind;
  if (second !== undefined) {
    words[BYTES.SECOND] = behind + 1;
    words[BYTES.SECOND_FROM] = second.first;
    words[BYTES.SECOND_TO] = second.behind;
  }
  words[BYTES.LOW] = low;
  words[BYTES.HIGH] = high;
  words[BYTES.FLAGS] = fill ? ACCESS_FILL : 0;
  words[BYTES.OFFSET] = Number(address & 4095n);
  words[BYTES.LENGTH] = approximately(number(args['len']));
  return words;
}

/** What comes before an access where a case touches the guest's own tables and code: they are read through the same page tables. */
const walk = (context: Context): number[][] => (context.walks ? TABLES_AND_CODE.map((page) => {
  const words = access(GUEST.READ, { gpa: page * PAGE, len: 1 }, context, false);
  if (words === undefined) throw new Error(`the guest's own page ${page} has no number`);
  return words;
}) : []);

const OPERATION_OF: Readonly<Record<string, number>> = { read: GUEST.READ, check: GUEST.READ, write: GUEST.WRITE, fill: GUEST.WRITE, exec: GUEST.EXEC };

/** Puts a program into a vCPU, and lets it run to its first exit. */
function enter(context: Context, vcpu: number, guest: Guest): Result {
  context.guests.set(vcpu, guest);
  context.bench.run(context.bench.actor(`cpu${vcpu}`), guest.program, ENTER_ANEW);
  return exitOf(context, vcpu, guest);
}

/** Enters again, without touching registers. `answer`: what userspace answers a hypercall, by its place among all answers. */
function again(context: Context, vcpu: number, answer: Numeric | undefined): Reply {
  const { bench } = context;
  const actor = bench.actor(`cpu${vcpu}`);
  bench.run(actor, context.guests.get(vcpu)?.program ?? [], enterAgain(context.needs, answer));
  return bench.replyTo(actor);
}

/** What KVM_RUN said when it returned. */
function exitOf(context: Context, vcpu: number, guest: Guest | undefined): Result {
  const { bench } = context;
  const { errno } = bench.replyTo(bench.actor(`cpu${vcpu}`));
  const { objects } = bench.world;
  const told = exitFields(objects, vcpu, errno);
  const signal = bench.takeSignal(vcpu);
  if (told['exit_reason'] === 'INTR' && signal !== undefined) return { ...told, ...withNames(signalFields(signal, bench, true), context.names) };
  if (told['exit_reason'] !== 'none' || guest === undefined) return told;
  const regs = objects.vcpu_regs(vcpu);
  return {
    ...told,
    ...(guest.reads > 0 ? { data: bytesOf(regs.rax_lo, regs.rax_hi, guest.reads) } : {}),
    ...(guest.asks ? { guest_ret: Number(BigInt.asIntN(64, unsigned64(regs.rax_lo, regs.rax_hi))) } : {}),
  };
}

/** Bytes of a number, the lowest first. */
function bytesOf(low: number, high: number, count: number): Runs {
  const runs: Runs = [];
  for (let i = 0; i < count; i++) addRun(runs, ((i < 4 ? low : high) >>> (8 * (i & 3))) & 0xff, 1);
  return runs;
}

/** After an MMIO exit the recorder gives the access its end, and the guest halts. */
function completed(context: Context, vcpu: number, told: Result): Result {
  if (told['exit_reason'] === 'MMIO') again(context, vcpu, undefined);
  return told;
}

/** The vCPU that a step names; an outcome when it is none, or its guest is busy. */
function vcpuOf(args: Args, context: Context): number {
  return context.vcpu(context.names.of(args['vcpu']));
}

const NO_VCPU = inapplicable('a vCPU that was made of what is no VM');
const FAR_PAGES = inapplicable('a guest access of no bytes, or over more pages than a world numbers');

/** Halt instructions behind an access. A read that is entered again writes back what it has read. */
const HALT: readonly number[] = [GUEST.HALT];

function guestAccess(args: Args, context: Context): Outcome {
  const vcpu = vcpuOf(args, context);
  if (vcpu < 0) return NO_VCPU;
  const kind = String(args['kind']);
  const operation = OPERATION_OF[kind];
  if (operation === undefined) return inapplicable(`a guest access of kind '${kind}'`);
  if (kind === 'fill' || kind === 'check' || approximately(number(args['len'])) > WORD) return longAccess(args, context, vcpu, operation);
  const words = access(operation, args, context, false);
  if (words === undefined) return FAR_PAGES;
  const program = [...walk(context), words, HALT];
  if (operation === GUEST.READ) program.push([GUEST.WRITE_BACK, ...words.slice(1)], HALT);
  const told = enter(context, vcpu, { program, reads: operation === GUEST.READ ? approximately(number(args['len'])) : 0, asks: false });
  return result(completed(context, vcpu, told));
}

/** Bytes that a guest can read or write at once. */
const WORD = 8;

/** Pages of a long access that go into one command. */
const BATCH = 60;

interface Batch { readonly program: readonly (readonly number[])[]; readonly pieces: readonly Piece[] }

/** The commands that an access of many bytes of one value is; nothing when it is too long. */
function batchesOf(args: Args, context: Context, operation: number): Batch[] | undefined {
  const length = approximately(number(args['len']));
  if (length <= 0 || length > MOST_PAGES * PAGE) return undefined;
  const pieces = [...context.segments.pieces(BigInt.asUintN(64, toBigInt(number(args['gpa']))), length)];
  const batches: Batch[] = [];
  for (let from = 0; from < pieces.length; from += BATCH) {
    const batch = pieces.slice(from, from + BATCH);
    const program: (readonly number[])[] = from === 0 ? walk(context) : [];
    for (const piece of batch) {
      const words = access(operation, { gpa: piece.page * PAGE + piece.from, len: piece.to - piece.from, value: args['value'] ?? 0 }, context, true);
      if (words === undefined) return undefined;
      program.push(words);
    }
    batches.push({ program: [...program, HALT], pieces: batch });
  }
  return batches;
}

/** A guest that fills pages while others do what they have begun; says how it left. Nothing when it cannot be told so. */
export function fillBeside(args: Args, context: Context): Result | undefined {
  const vcpu = vcpuOf(args, context);
  const batches = vcpu < 0 || args['kind'] !== 'fill' ? undefined : batchesOf(args, context, GUEST.WRITE);
  if (batches === undefined) return undefined;
  const { bench } = context;
  const actor = bench.actor(`cpu${vcpu}`);
  let told: Result = {};
  for (const { program } of batches) {
    const guest: Guest = { program, reads: 0, asks: false };
    context.guests.set(vcpu, guest);
    bench.start(actor, program, ENTER_ANEW);
    bench.runBeside(actor, 0);
    told = exitOf(context, vcpu, guest);
    if (told['exit_reason'] !== 'none') break;
  }
  return told;
}

/** An access of many bytes of one value, page by page. */
function longAccess(args: Args, context: Context, vcpu: number, operation: number): Outcome {
  const { bench, segments } = context;
  const { gfns } = bench.world.facts;
  const data: Runs = [];
  let told: Result = {};
  const batches = batchesOf(args, context, operation);
  if (batches === undefined) return FAR_PAGES;
  for (const { program, pieces: batch } of batches) {
    told = enter(context, vcpu, { program, reads: 0, asks: false });
    if (told['exit_reason'] !== 'none') return result(completed(context, vcpu, told));
    if (operation !== GUEST.READ) continue;
    for (const piece of batch) segments.read(bench.world, bench.world.objects.tlb(vcpu, gfns.find(BigInt(piece.page))).pfn, piece, data);
  }
  return result({ ...told, ...(operation === GUEST.READ ? { data } : {}) });
}

function hypercall(args: Args, context: Context, nr: Numeric, values: readonly Numeric[]): Outcome {
  const vcpu = vcpuOf(args, context);
  if (vcpu < 0) return NO_VCPU;
  const words = [GUEST.HYPERCALL, wordsOf(nr)[0], ...[0, 1, 2].flatMap((i) => wordsOf(values[i] ?? 0))];
  return result(enter(context, vcpu, { program: [...walk(context), words, HALT], reads: 0, asks: true }));
}

/** KVM_HC_MAP_GPA_RANGE. */
const MAP_GPA_RANGE = 12;
/** What the guest of a selftest asks for, in flags of the test's own. */
const asked = ({ shared, do_fallocate }: Args): number => 1 | (shared ? 2 : 0) | (do_fallocate ? 4 : 0);

/** What a guest does that was never told anything: the next instruction of its own code, which halts. */
function ownCode(context: Context): Guest {
  const words = access(GUEST.EXEC, { gpa: CODE_PAGE * PAGE, len: 1 }, context, false);
  return { program: words === undefined ? [HALT] : [words], reads: 0, asks: false };
}

export const guest: Readonly<Record<string, Row>> = {
  create_vcpu: (args, context) => {
    const vcpu = context.vcpu(context.names.of(args['as']));
    return vcpu < 0 ? NO_VCPU : context.make('create_vcpu', { vm: context.vmWord(args['vm']), vcpu, id: number(args['id']) }, 'fd');
  },
  guest_access: guestAccess,
  run: (args, context) => {
    const vcpu = vcpuOf(args, context);
    if (vcpu < 0) return NO_VCPU;
    if (context.guests.get(vcpu) === undefined) return result(enter(context, vcpu, ownCode(context)));
    const answer = args['hypercall_ret'] as Numeric | undefined;
    again(context, vcpu, answer);
    return result(completed(context, vcpu, exitOf(context, vcpu, context.guests.get(vcpu))));
  },
  hypercall: (args, context) => hypercall(args, context, number(args['nr']), args['args'] as readonly Numeric[]),
  hypercall_map_gpa: (args, context) => hypercall(args, context, MAP_GPA_RANGE, [
    number(args['gpa']), number(args['npages']), args['attrs'] === undefined ? asked(args) : number(args['attrs']),
  ]),
  prefault: (args, context) => {
    const vcpu = vcpuOf(args, context);
    if (vcpu < 0) return NO_VCPU;
    context.bench.takeSignal(context.mainThread);
    const outcome = context.call('prefault', { vcpu, gpa: number(args['gpa']), size: number(args['size']), flags: number(args['flags']) }, ['left', 'left_gpa']);
    const signal = context.bench.takeSignal(context.mainThread);
    return outcome.kind !== 'result' || signal === undefined ? outcome : result({ ...outcome.result, ...withNames(signalFields(signal, context.bench, true), context.names) });
  },
  spin_start: (args, context) => {
    const { bench } = context;
    const vcpu = vcpuOf(args, context);
    if (vcpu < 0) return NO_VCPU;
    const operation = OPERATION_OF[String(args['kind'])];
    const words = operation === undefined ? undefined : access(operation, args, context, false);
    if (words === undefined) return FAR_PAGES;
    const spin: Guest = { program: [words, [GUEST.JUMP, 0]], reads: 0, asks: false };
    context.guests.set(vcpu, spin);
    const self = bench.actor(`vcpu${vcpu}`);
    const actor = bench.actor(`cpu${vcpu}`);
    bench.start(actor, spin.program, ENTER_ANEW);
    bench.beside++;
    context.spinning.add(vcpu);
    // Some milliseconds pass: time enough for one access at least.
    const accessed = (): boolean => bench.world.last.actor === self && bench.kernel.table.leaves[bench.world.last.leaf]!.step === 'guest.execute' && bench.world.last.outcome === ok;
    for (let left = PATIENCE; left > 0 && !bench.isIdle(actor) && !accessed(); left--) bench.runSome(1);
    bench.runSome(bench.pace.first);
    return result({ ret: 0 });
  },
  spin_end: (args, context) => {
    const { bench } = context;
    const vcpu = vcpuOf(args, context);
    if (vcpu < 0) return NO_VCPU;
    const actor = bench.actor(`cpu${vcpu}`);
    if (!context.spinning.delete(vcpu)) return inapplicable('the end of a spin that nobody has begun');
    for (let left = PATIENCE; left > 0 && !bench.isIdle(actor); left--) bench.runSome(1);
    const still = !bench.isIdle(actor);
    if (still) {
      bench.run(bench.actor(INJECTOR), [[HARDWARE.SIGNAL, vcpu, SIGUSR1]]);
      for (let left = PATIENCE; left > 0 && !bench.isIdle(actor); left--) bench.runSome(1);
    }
    bench.beside--;
    bench.settle(actor);
    const told = exitOf(context, vcpu, context.guests.get(vcpu));
    if (still) return result({ ret: told['ret'], errno: told['errno'], exit_reason: told['exit_reason'], still_running: true });
    return result(completed(context, vcpu, told));
  },
  sleep: (_args, context) => {
    if (context.bench.beside > 0) context.bench.runSome(context.bench.pace.sleep);
    return result({ ret: 0 });
  },
};

/** Does a case make the guest's own tables or code other than they were, so that accesses have to walk over them? */
export const touchesOwnMemory = ({ op, args }: { readonly op: string; readonly args: Args }): boolean =>
  op === 'set_attr' && approximately(number(args['gpa'])) < OWN_MEMORY;
