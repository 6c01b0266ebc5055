// A hardware program: what happens to the machine while it runs.

import { end, fragment, step, type States } from '../fragment.ts';

/** Hardware that executes a program; behind its last event it goes on in state `behind`. */
const events = (behind: string): States => ({
  next: step('hw.next', 'the next event', { ok: 'next', sent: 'handled', drain: 'drain', end: behind }),
  handled: step('hw.receiveReply', 'memory_failure is under way', { ok: 'next', unexpected: 'next' }),
  drain: step('hw.lruDrain', 'lru_add_drain_all', { ok: 'next' }),
});

export const injector = fragment('injector', 'memory errors, interrupts, signals, pins, failing allocations', { ...events('ended'), ended: end });

export const commandedInjector = {
  ...fragment('injector.commanded', 'the same when it is told from outside, one command after the other', {
    idle: step('command.receive', 'no command has come', { command: 'next' }, { idle: true, outside: 'command' }),
    ...events('finish'),
    finish: step('command.finish', 'the command is done', { ok: 'idle' }, { progress: true }),
  }),
  frame: 'injector',
};
