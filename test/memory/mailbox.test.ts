import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mailbox as layout } from '../../src/memory/layouts/ipc.ts';
import * as mailbox from '../../src/memory/mailbox.ts';
import { blockedOn } from '../../src/memory/outcome.ts';
import { memory } from '../support/memory.ts';

const fresh = () => {
  const { tables, words } = memory({ mailbox: layout });
  return { box: tables.mailbox(2), words };
};

describe('a mailbox', () => {
  it('holds one message, and refuses a second one', () => {
    const { box } = fresh();
    expect(mailbox.waiting(box)).toBe(false);
    expect(blockedOn(mailbox.nothing(box))).toBe(box.id);
    expect(mailbox.send(box, 3, 1, [7, 0, 9])).toBe(true);
    expect(mailbox.waiting(box)).toBe(true);
    expect(mailbox.send(box, 4, 2, [])).toBe(false);
    expect([box.type, box.from, box.payload.at(0), box.payload.at(1), box.payload.at(2)]).toEqual([3, 1, 7, 0, 9]);
  });

  it('is empty to the last word when the message is taken', () => {
    const { box, words } = fresh();
    mailbox.send(box, 3, 1, [7, 8, 9, 10]);
    mailbox.take(box);
    expect(words.every((word) => word === 0)).toBe(true);
  });

  it('is a place for one message, whatever is sent and taken in whatever order', () => {
    const message = fc.record({
      type: fc.integer({ min: 1, max: 100 }), from: fc.integer({ min: 1, max: 40 }), payload: fc.array(fc.integer(), { maxLength: 4 }),
    });
    fc.assert(fc.property(fc.array(fc.option(message), { maxLength: 40 }), (operations) => {
      const { box, words } = fresh();
      // The model: a message, or nothing. `null` takes.
      let held: { type: number; from: number; payload: number[] } | undefined;
      for (const sent of operations) {
        if (sent === null) {
          mailbox.take(box);
          held = undefined;
        } else {
          expect(mailbox.send(box, sent.type, sent.from, sent.payload)).toBe(held === undefined);
          held ??= sent;
        }
        expect(mailbox.waiting(box)).toBe(held !== undefined);
        expect([box.type, box.from]).toEqual([held?.type ?? 0, held?.from ?? 0]);
        for (let i = 0; i < box.payload.length; i++) expect(box.payload.at(i)).toBe(held?.payload[i] ?? 0);
        if (held === undefined) expect(words.every((word) => word === 0)).toBe(true);
      }
    }));
  });
});
