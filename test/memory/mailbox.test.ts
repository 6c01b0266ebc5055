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
});
