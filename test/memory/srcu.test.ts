import { describe, expect, it } from 'vitest';
import { srcu_reader } from '../../src/memory/layouts/kvm.ts';
import { blockedOn, ok } from '../../src/memory/outcome.ts';
import * as srcu from '../../src/memory/srcu.ts';
import { memory } from '../support/memory.ts';

const ACTORS = 7;
const fresh = () => {
  const { tables, words } = memory({ srcu_reader }, { actor: ACTORS + 1 });
  return { readers: tables.srcu_reader, words };
};

describe('synchronize_srcu', () => {
  it('waits for exactly the readers that were inside when it began', () => {
    const { readers } = fresh();
    srcu.readLock(readers(1), 0);
    srcu.readLock(readers(2), 0);
    srcu.beginSynchronize(readers, ACTORS, 0, 5);
    srcu.readLock(readers(3), 0);
    expect(blockedOn(srcu.awaitReaders(readers, ACTORS, 5))).toBe(readers(1).id);
    srcu.readUnlock(readers(1));
    expect(blockedOn(srcu.awaitReaders(readers, ACTORS, 5))).toBe(readers(2).id);
    srcu.readUnlock(readers(2));
    expect(srcu.awaitReaders(readers, ACTORS, 5)).toBe(ok);
    expect(readers(3).kvm).toBe(1);
  });

  it('does not wait again for a reader that has left and come back', () => {
    const { readers } = fresh();
    srcu.readLock(readers(1), 0);
    srcu.beginSynchronize(readers, ACTORS, 0, 5);
    srcu.readUnlock(readers(1));
    srcu.readLock(readers(1), 0);
    expect(srcu.awaitReaders(readers, ACTORS, 5)).toBe(ok);
  });

  it('does not care for readers of another VM', () => {
    const { readers } = fresh();
    srcu.readLock(readers(1), 1);
    srcu.beginSynchronize(readers, ACTORS, 0, 5);
    expect(srcu.awaitReaders(readers, ACTORS, 5)).toBe(ok);
  });

  it('lets two synchronizers wait for the same reader, each with its own bit', () => {
    const { readers, words } = fresh();
    srcu.readLock(readers(1), 0);
    srcu.beginSynchronize(readers, ACTORS, 0, 5);
    srcu.beginSynchronize(readers, ACTORS, 0, 6);
    expect(blockedOn(srcu.awaitReaders(readers, ACTORS, 6))).toBe(readers(1).id);
    srcu.readUnlock(readers(1));
    expect(srcu.awaitReaders(readers, ACTORS, 5)).toBe(ok);
    expect(srcu.awaitReaders(readers, ACTORS, 6)).toBe(ok);
    expect(words.every((word) => word === 0)).toBe(true);
  });
});
