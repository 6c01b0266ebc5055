// The XState actors of a worker: children of one root, so that a worker is one actor system and finds them by their names.

import { createActor, createMachine, type AnyActorRef } from 'xstate';
import { memoised } from '../../kernel/memoised.ts';
import type { Table } from '../../kernel/table.ts';

/** An actor as it begins: its name, which is its system id, and the leaf that it is in. */
export interface Beginning { readonly name: string; readonly leaf: number }

/** Starts actors over memoised logic, in the order given. */
export function startActors(table: Table, beginnings: readonly Beginning[]): readonly AnyActorRef[] {
  const { logic } = memoised(table);
  const worker = createMachine({
    types: {} as { context: { readonly actors: readonly AnyActorRef[] } },
    context: ({ spawn }) => ({ actors: beginnings.map(({ name, leaf }) => spawn(logic, { systemId: name, input: leaf })) }),
  });
  return createActor(worker).start().getSnapshot().context.actors;
}
