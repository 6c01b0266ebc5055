// Messages between actors: what crosses a protection boundary. One bounded mailbox an actor; who asks waits for the answer
// before it asks again, so one place is enough and a request is never refused.

import { layout } from '../layout.ts';

/** The mailbox of an actor: one message. type 0: empty. */
export const mailbox = layout('mailbox', {
  type: {},
  from: { ref: 'actor' },
  payload: { cells: 'payload' },
}, { per: ['actor'] });
