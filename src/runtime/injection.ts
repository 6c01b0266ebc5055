// What comes into a run from outside, put into its world: the instructions into the constants, then the message into the
// receiver's mailbox. Every runtime and every replay does it here, so that all do the same.

import { codeIsSound, INSTRUCTION } from '../memory/code.ts';
import type { Injection } from '../memory/injection.ts';
import type { OutsideMessage } from '../../machines/fragment.ts';
import { MESSAGE_COMMAND, MESSAGE_DECISION } from '../steps/command.ts';
import { commandRoom } from '../scenario/command-room.ts';
import type { RunWorld } from './world.ts';

export type { Injection } from '../memory/injection.ts';

/** What the outside is called where actors are named. */
export const OUTSIDE = 'outside';

/** What a message of this type is. */
export const outsideMessage = (type: number): OutsideMessage | undefined =>
  (type === MESSAGE_COMMAND ? 'command' : type === MESSAGE_DECISION ? 'decision' : undefined);

/** Does the receiver wait for such a message now, its mailbox being empty? The mailbox is looked at first: who holds it keeps the answer true. */
export const canApply = (world: RunWorld, { actor, type }: Injection): boolean =>
  world.objects.mailbox(actor).type === 0 && world.leafOf(actor).outside === outsideMessage(type);

/**
 * Puts the message into the mailbox of its receiver, through `world.objects`, so that observers see it. False, and nothing is changed,
 * when the receiver does not wait for such a message now, or its mailbox is full: try again later. A receiver that waits goes on waiting
 * until somebody injects, so whoever injects into an actor must be one at a time, and see what the actor's last step wrote.
 */
export function applyInjection(world: RunWorld, injection: Injection): boolean {
  if (!canApply(world, injection)) return false;
  const { actor, type, payload, code } = injection;
  const box = world.objects.mailbox(actor);
  if (code !== undefined) world.facts.code.set(code.words, code.at);
  box.type = type;
  for (let i = 0; i < payload.length; i++) if (payload[i] !== 0) box.payload.put(i, payload[i]!);
  const { last } = world;
  last.actor = 0;
  last.leaf = last.to = world.frames[actor]!.leaf;
  last.outcome = 0;
  last.choice = -1;
  last.choices = 0;
  last.pc = 0;
  return true;
}

/** What is wrong with an injection that does not come from the compiler of commands; nothing when it can be applied to runs of this world. */
export function injectionProblem({ topology }: RunWorld, { actor, type, payload, code }: Injection): string | undefined {
  const name = topology.actors[actor - 1]?.name;
  if (name === undefined) return `there is no actor ${actor}; the scenario has ${topology.actors.length}`;
  const kind = outsideMessage(type);
  if (kind === undefined) return `no message of type ${type} comes from outside`;
  if (payload.length > topology.sizes.payload) return `a message of ${payload.length} words; a mailbox holds ${topology.sizes.payload}`;
  if (kind === 'decision') return code === undefined ? undefined : `a decision for '${name}' brings instructions`;
  const room = commandRoom(topology, actor);
  if (room === undefined) return `'${name}' takes no commands`;
  if (code === undefined) return `a command for '${name}' brings no instructions`;
  if (code.at !== room.at || code.words.length > room.words) return `${code.words.length} words of code from word ${code.at} on do not lie in the room of '${name}', ${room.words} words from ${room.at} on`;
  if (!codeIsSound(code.words)) return `the instructions of a command for '${name}' are none`;
  const instructions = code.words.length / INSTRUCTION;
  return payload[0] === undefined || payload[0] < 0 || payload[0] >= instructions ? `a command for '${name}' begins at instruction ${payload[0] ?? 'nothing'}, counted from 0; it has ${instructions}` : undefined;
}
