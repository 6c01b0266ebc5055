// Steps of an actor that is told from outside what to do: a command comes as a message, its instructions stand in the actor's
// own part of the constants by then.

import { ok, outcome } from '../memory/outcome.ts';
import * as mailbox from '../memory/mailbox.ts';
import { restartAt, type Program } from './control.ts';
import { keepSiginfo } from './siginfo.ts';
import type { Step } from '../memory/world.ts';

export const command = outcome('command');

/** Types of messages from outside: behind those that actors of the world send. The payload of a command is the instruction that it
 *  begins at, that of a decision one of POLICY. */
export const MESSAGE_COMMAND = 3;
export const MESSAGE_DECISION = 4;

export const steps = {
  /** A command has come: its first instruction is the next. */
  'command.receive': (world, f) => {
    const box = world.mailbox(f.self);
    if (!mailbox.waiting(box)) return mailbox.nothing(box);
    restartAt(f, box.payload.at(0));
    mailbox.take(box);
    if (f.thread >= 0) keepSiginfo(world, f.thread, { number: 0, code: 0, hva: 0, pfn: 0 });
    return command;
  },
  /** The command is done; nothing of it is left. The mailbox is free for the next one, of which this step must come first: it looks. */
  'command.finish': ({ mailbox: boxes }, f) => {
    void boxes(f.self).type;
    restartAt(f, 0);
    f.ret = 0;
    return ok;
  },
} satisfies { [name: string]: Step<Program & { pick: number; ret: number }> };
