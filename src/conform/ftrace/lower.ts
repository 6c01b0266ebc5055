// From the recorded steps of a case to the system that its trace is held against: the steps are carried out once, one after the other, and
// what the threads are told on the way is what they will be told again. What a thread is told does not depend on what others answer.

import { HARDWARE, INSTRUCTION } from '../../memory/code.ts';
import type { Injection } from '../../memory/injection.ts';
import { MESSAGE_COMMAND } from '../../steps/command.ts';
import type { Kernel } from '../../kernel/define.ts';
import { commandRoom } from '../../scenario/command-room.ts';
import { Bench } from '../bench.ts';
import type { Machine } from '../config.ts';
import { Context } from '../context.ts';
import { executed } from '../judge.ts';
import { needsOf } from '../needs.ts';
import type { Recording, Step } from '../recording.ts';
import { HARDWARE as INJECTOR, topologyFor } from '../topology.ts';
import { approximately, toBigInt, type Numeric } from '../values.ts';
import { OPERATIONS } from '../vocabulary.ts';
import type { Told, TracedSystem } from './system.ts';

/** Operations that change nothing: without a call for one of them the system is the same. */
const CHANGES_NOTHING: ReadonlySet<string> = new Set(['fstat', 'fstatfs', 'fsync', 'getfl', 'getfd', 'fadvise', 'same_inode', 'check_cap', 'sleep', 'mincore', 'host_read', 'pvm_read']);

/** Any signal with a handler. */
const SIGUSR1 = 10;

/** What cannot be carried out in a traced case, and why: the judge would not know what the kernel does meanwhile. */
export class LoweringError extends Error {
  override name = 'LoweringError';
}

/** Makes the system of a case. The recorder's own slots are none of it: what their pages show is passed over. Throws LoweringError when the
 *  model leaves one of its steps out. */
export function systemOf(kernel: Kernel, { steps }: Pick<Recording, 'steps'>, machine: Machine): TracedSystem {
  const all = [...steps, ...ending(steps)];
  const needs = needsOf(all);
  const topology = topologyFor(needs, kernel, machine.config);
  const bench = new Bench(kernel, topology);
  const context = new Context(bench, needs, { ...machine, hiddenSlot: false });
  let messages: Injection[] = [];
  bench.listener = { injected: (injection) => { messages.push(injection); }, stepped: () => {} };
  context.reset();
  const told: Told[] = [{ step: 0, text: 'the beginning', messages, vcpu: -1 }];
  const ids: number[] = topology.vmOfVcpu.map(() => -1);
  all.forEach((step, index) => {
    messages = [];
    const { op, args } = step;
    const outcome = executed(step, context);
    if (outcome.kind === 'inapplicable' && !outcome.harmless && !CHANGES_NOTHING.has(op)) throw new LoweringError(`step ${index + 1} (${op}): ${outcome.why}`);
    const handle = context.names.of(args['vcpu'] ?? (op === 'create_vcpu' ? args['as'] : undefined));
    const vcpu = context.vcpu(handle);
    if (op === 'create_vcpu' && vcpu >= 0) ids[vcpu] = approximately((args['id'] ?? 0) as Numeric);
    const runs = op !== 'create_vcpu' && op !== 'prefault' && vcpu >= 0;
    const text = index < steps.length ? `step ${index + 1} (${op})` : `the end (${op} of '${String(args['fd'] ?? args['map'])}')`;
    const one: Told = { step: index + 1, text, messages, vcpu: runs ? vcpu : -1, ...attributesOf(step) };
    if (op === 'spin_start') told.push({ ...one, spin: 'start' });
    else if (op === 'spin_end') told.push({ ...one, messages: [], spin: 'end', interrupt: [signalFor(bench, vcpu)] });
    else told.push(one);
  });
  return { kernel, topology, told, vcpuIds: ids };
}

/** Closes whatever is open when the steps are over, as a process that ends: vCPUs, VMs, mappings, then files. */
function ending(steps: readonly Step[]): Step[] {
  const open = new Map<string, string>();
  const lengths = new Map<string, unknown>();
  for (const { op, args } of steps) {
    const makes = OPERATIONS[op]?.makes;
    if (makes !== undefined) {
      open.set(args['as'] as string, op === 'mmap' ? 'mapped file' : makes);
      lengths.set(args['as'] as string, args['len']);
    } else if (op === 'close') open.delete(args['fd'] as string);
  }
  const ofKind = (kind: string): string[] => [...open].flatMap(([name, one]) => (one === kind ? [name] : []));
  const close = (name: string): Step => ({ op: 'close', args: { fd: name } });
  return [
    ...[...ofKind('vcpu'), ...ofKind('vm')].map(close),
    ...ofKind('mapped file').map((name): Step => ({ op: 'munmap', args: { map: name, off: 0, len: lengths.get(name) as Numeric } })),
    ...ofKind('fd').map(close),
  ];
}

/** Range and attributes of a step that sets some. */
function attributesOf({ op, args }: Step): Pick<Told, 'attributes'> {
  if (op !== 'set_attr') return {};
  const start = toBigInt(args['gpa'] as Numeric) >> 12n;
  return { attributes: { start, end: start + (toBigInt(args['size'] as Numeric) >> 12n), value: toBigInt(args['attrs'] as Numeric) } };
}

/** The message that makes a signal for the thread of a vCPU. */
function signalFor({ topology }: Bench, vcpu: number): Injection {
  const injector = topology.actors.findIndex(({ name }) => name === INJECTOR) + 1;
  const words = Array.from<number>({ length: 2 * INSTRUCTION }).fill(0);
  words.splice(0, 3, HARDWARE.SIGNAL, vcpu, SIGUSR1);
  return { actor: injector, type: MESSAGE_COMMAND, payload: [0], code: { at: commandRoom(topology, injector)!.at, words } };
}
