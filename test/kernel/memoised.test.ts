import { createActor } from 'xstate';
import { describe, expect, it } from 'vitest';
import { kernels } from '../../machines/kernels/index.ts';
import { outcome } from '../../src/memory/outcome.ts';
import { leafOfSnapshot, memoised, outcomeEvent } from '../../src/kernel/memoised.ts';
import { packTable, unpackTable } from '../../src/kernel/packed-table.ts';

const tables = kernels.flatMap((kernel) => [
  { kernel, how: 'tabulated', table: kernel.table },
  { kernel, how: 'sent', table: unpackTable(packTable(kernel.table), kernel.machines, kernel.fragments) },
]);

describe.each(tables)('memoised actors of $kernel.name, its table $how,', ({ kernel, table }) => {

  it('go where the plain XState actor goes, for every outcome on a long walk', () => {
    for (const { machine } of kernel.machines) {
      const plain = createActor(table.machine(machine)).start();
      const actor = createActor(memoised(table).logic, { input: table.initial.get(machine)! }).start();
      for (let k = 0; k < 300; k++) {
        const { outcomes } = table.leaves[leafOfSnapshot(actor.getSnapshot())]!;
        if (outcomes.length === 0) break;
        const type = outcomes[k % outcomes.length]!;
        plain.send({ type });
        actor.send(k % 2 === 0 ? { type } : outcomeEvent(outcome(type)));
        expect(actor.getSnapshot().value).toEqual(plain.getSnapshot().value);
        expect(actor.getSnapshot().status).toBe(plain.getSnapshot().status);
      }
    }
  });

  it('stay where they are when an event is not expected, as the plain actor does', () => {
    const actor = createActor(memoised(table).logic, { input: table.initial.get('vcpu')! }).start();
    const before = actor.getSnapshot();
    actor.send({ type: 'noSuchOutcome' });
    expect(actor.getSnapshot()).toBe(before);
  });
});
