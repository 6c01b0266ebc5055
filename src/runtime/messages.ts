// Messages between actors, read off what a step wrote: system calls and their answers, KVM_RUN and exits, interrupts, signals.

import { argumentOffset, type Call } from '../memory/calls.ts';
import { pair, toBig } from '../memory/u64.ts';
import { MESSAGE_REPLY, MESSAGE_RUN } from '../steps/vcpu.ts';
import type { Access } from './events.ts';
import type { RunWorld } from './world.ts';

/** Something that crossed a protection or CPU boundary. */
export interface Message {
  readonly step: number;
  readonly from: string;
  /** An actor; for an interrupt the vCPU, for a signal the thread. */
  readonly to: string;
  /** Name of the call, `KVM_RUN`, `reply`, `ipi`, `interrupt`, `signal`. */
  readonly message: string;
  /** Arguments of a call by name; words of an answer as they are. */
  readonly content: { readonly [name: string]: number | string };
}

/** What the step sent that wrote this. */
export function messagesOf(world: RunWorld, step: number, from: string, writes: readonly Access[]): Message[] {
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

function content({ kernel, topology }: RunWorld, to: string, type: number, words: readonly number[]): Pick<Message, 'message' | 'content'> {
  const machine = topology.actors.find((actor) => actor.name === to)?.machine ?? '';
  const call = machine.endsWith('-op') ? kernel.calls[type - 1] : undefined;
  if (call !== undefined) return { message: call.name, content: argumentsOf(call, words) };
  const message = type === MESSAGE_RUN ? 'KVM_RUN' : type === MESSAGE_REPLY ? 'reply' : `message ${type}`;
  return { message, content: Object.fromEntries(words.map((word, i) => [type === MESSAGE_REPLY && i === 0 ? 'errno' : `word${i}`, word])) };
}

function argumentsOf(call: Call, words: readonly number[]): Record<string, number | string> {
  const word = (i: number): number => words[i] ?? 0;
  return Object.fromEntries(call.arguments.map(({ name, type }) => {
    const at = argumentOffset(call, name);
    if (type !== 'u64') return [name, word(at)];
    const value = toBig(pair(word(at), word(at + 1)));
    return [name, value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : `0x${value.toString(16)}`];
  }));
}
