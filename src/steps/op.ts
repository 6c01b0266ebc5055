// Steps of an operation: the actor that carries out one system call at a time in the context of the thread that made it.
// The arguments stay in the mailbox while the call runs, as a user's struct does.

import { ok } from '../memory/outcome.ts';
import * as mailbox from '../memory/mailbox.ts';
import { MESSAGE_REPLY } from './vcpu.ts';
import type { Operation } from '../memory/frames.ts';
import type { Step } from '../memory/world.ts';

export const steps = {
  /** Entry of the system call: dispatch by its number. */
  'op.receive': ({ mailbox: boxes, facts }, f) => {
    const box = boxes(f.self);
    if (!mailbox.waiting(box)) return mailbox.nothing(box);
    return facts.callOutcomes[box.type - 1]!;
  },
  /** Return to userspace, with errno and what the call has written for its caller. */
  'op.reply': ({ mailbox: boxes, facts }, f) => {
    const box = boxes(f.self);
    const { at, words } = facts.callResults[box.type - 1]!;
    const answer = words === 0 ? [f.errno, f.value] : [f.errno, ...Array.from({ length: words }, (_one, i) => box.payload.at(at + i))];
    mailbox.take(box);
    mailbox.send(boxes(f.caller), MESSAGE_REPLY, f.self, answer);
    return ok;
  },
} satisfies { [name: string]: Step<Operation> };
