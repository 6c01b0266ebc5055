// Messages between actors, read off what a step wrote: system calls and their answers, KVM_RUN and exits, interrupts, signals, what
// comes in from outside; and off what it read, what an actor tells the outside.

import { argumentWords, type ArgumentType, type Call } from '../memory/calls.ts';
import { EXIT_HYPERCALL, EXIT_MEMORY_FAULT, KVM_EXITS, MEMORY_FAULT_FLAG_PRIVATE } from '../memory/layouts/vcpu.ts';
import { pair, toBig } from '../memory/u64.ts';
import { MESSAGE_REPLY, MESSAGE_RUN } from '../steps/vcpu.ts';
import { ask } from '../steps/vmm.ts';
import { DECISIONS } from '../scenario/schema.ts';
import { ERRNO_NAMES } from '../steps/errno.ts';
import { POLICY } from '../memory/code.ts';
import type { Access } from './events.ts';
import { OUTSIDE, outsideMessage } from './injection.ts';
import type { RunWorld } from './world.ts';

/** Something that crossed a protection or CPU boundary. */
export interface Message {
  readonly step: number;
  /** An actor, or `outside`. */
  readonly from: string;
  /** An actor, or `outside`; for an interrupt the vCPU, for a signal the thread. */
  readonly to: string;
  /** Name of the call, `KVM_RUN`, `memory_failure` (a page, and the thread that has consumed it), `reply`, `ipi`, `interrupt`, `signal`; from outside
   *  `command` and `decision`, to it `exit` and `done`. */
  readonly message: string;
  /** Arguments of a call by name; words of an answer as they are; of an exit what kvm_run says. */
  readonly content: { readonly [name: string]: number | string };
}

/** A step: who executed it, and what it read and wrote. */
interface Sent { readonly step: number; readonly from: string; readonly reads: readonly Access[]; readonly writes: readonly Access[] }

/** What the step sent that has just been executed. */
export function messagesOf(world: RunWorld, { step, from, reads, writes }: Sent): Message[] {
  const messages: Message[] = [];
  for (const write of writes) {
    const { object, at, field, old, value } = write;
    if (object === 'mailbox' && field === 'type' && value !== 0) {
      const to = String(at['actor']);
      messages.push({ step, from, to, ...content(world, to, value, payloadOf(writes, to)) });
    } else if (object === 'ipi' && field === 'inflight' && value !== old && (value & ~old!) !== 0) {
      messages.push({ step, from, to: `vcpu${at['vcpu']}`, message: 'ipi', content: {} });
    } else if (object === 'interrupt' && field === 'pending' && value !== 0 && old === 0) {
      messages.push({ step, from, to: `vcpu${at['vcpu']}`, message: 'interrupt', content: {} });
    } else if (object === 'signal' && field === 'number' && value !== 0) {
      messages.push({ step, from, to: `thread ${at['thread']}`, message: 'signal', content: { number: value } });
    }
  }
  const { last, table } = world;
  if (from === OUTSIDE) return messages;
  if (last.outcome === ask) messages.push({ step, from, to: OUTSIDE, message: 'exit', content: exitContent(world, reads) });
  if (table.leaves[last.leaf]!.step === 'command.finish') messages.push({ step, from, to: OUTSIDE, message: 'done', content: {} });
  return messages;
}

/** Words of the payload that a send step wrote into a mailbox. The box was empty before: what was not written is 0. */
function payloadOf(writes: readonly Access[], to: string): number[] {
  const words: number[] = [];
  for (const { object, at, field, element, value } of writes) {
    if (object === 'mailbox' && at['actor'] === to && field === 'payload') words[element ?? 0] = value;
  }
  return Array.from(words, (word) => word ?? 0);
}

/** The call whose operation has executed the last step, if it was one. */
function answering({ kernel, table, last }: RunWorld): Call | undefined {
  const { machine, path } = table.leaves[last.leaf]!;
  return machine.endsWith('-op') ? kernel.calls.find(({ name }) => name === path.split('.')[0]) : undefined;
}

function content(world: RunWorld, to: string, type: number, words: readonly number[]): Pick<Message, 'message' | 'content'> {
  const { kernel, topology } = world;
  const machine = topology.actors.find((actor) => actor.name === to)?.machine ?? '';
  const call = machine.endsWith('-op') ? kernel.calls[type - 1] : undefined;
  if (call !== undefined) return { message: call.name, content: argumentsOf(call, words) };
  if (machine.startsWith('vmm') || machine.startsWith('injector')) {
    const message = outsideMessage(type);
    if (message === 'command') return { message, content: {} };
    if (message === 'decision') return { message, content: { decision: DECISIONS.find((one) => POLICY[one.toUpperCase() as 'STOP'] === (words[0] ?? 0)) ?? `${words[0]}` } };
  }
  if (machine === 'vcpu' && type === MESSAGE_RUN) return { message: 'KVM_RUN', content: (words[0] ?? 0) === 0 ? {} : { entry: words[0]! - 1 } };
  if (machine === 'memory-failure' && type === MESSAGE_RUN) {
    const [pfn = 0, consumer = 0, early = 0] = words;
    return { message: 'memory_failure', content: { pfn, ...(consumer === 0 ? {} : { thread: consumer - 1 }), ...(early === 0 ? {} : { early }) } };
  }
  const results = type === MESSAGE_REPLY ? answering(world)?.results : undefined;
  if (results !== undefined) return { message: 'reply', content: { errno: words[0] ?? 0, ...valuesOf(results, 1, words) } };
  const message = type === MESSAGE_REPLY ? 'reply' : `message ${type}`;
  return { message, content: Object.fromEntries(words.map((word, i) => [type === MESSAGE_REPLY && i === 0 ? 'errno' : `word${i}`, word])) };
}

/** The exit that a thread asks about: what it read in kvm_run, by name, and the errno of KVM_RUN. */
function exitContent({ facts }: RunWorld, reads: readonly Access[]): Message['content'] {
  const word = (name: string): number => reads.find(({ object, field }) => object === 'kvm_run' && field === name)?.value ?? 0;
  const errno = reads.find(({ object, field, element }) => object === 'mailbox' && field === 'payload' && element === 0)?.value ?? 0;
  const reason = word('exit_reason');
  const page = facts.gfns.real(word('gfn') - 1);
  return {
    reason: KVM_EXITS[reason] ?? 'none', errno: errno === 0 ? 'ok' : ERRNO_NAMES[errno] ?? errno,
    ...(word('gfn') === 0 ? {} : { gfn: page <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(page) : `0x${page.toString(16)}`, pages: word('npages') }),
    ...(reason === EXIT_HYPERCALL ? { attributes: word('attributes') === 0 ? 'shared' : 'private' } : {}),
    ...(reason === EXIT_MEMORY_FAULT ? { flags: (word('flags') & MEMORY_FAULT_FLAG_PRIVATE) === 0 ? 'none' : 'private' } : {}),
  };
}

function argumentsOf(call: Call, words: readonly number[]): Record<string, number | string> {
  const values = valuesOf(call.arguments, 0, words);
  // What only recordings give is told where it was given.
  for (const { name, recorded } of call.arguments) if (recorded === true && values[name] === 0) delete values[name];
  return values;
}

/** Values by name that lie in words one behind the other, from word `at` on. */
function valuesOf(list: readonly { readonly name: string; readonly type: ArgumentType }[], at: number, words: readonly number[]): Record<string, number | string> {
  const result: Record<string, number | string> = {};
  let offset = at;
  for (const { name, type } of list) {
    const value = type === 'u64' ? toBig(pair(words[offset] ?? 0, words[offset + 1] ?? 0)) : BigInt(words[offset] ?? 0);
    result[name] = value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : `0x${value.toString(16)}`;
    offset += argumentWords(type);
  }
  return result;
}
