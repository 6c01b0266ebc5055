import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mmu_lock } from '../../src/memory/layouts/mmu.ts';
import { blockedOn, isBlocked, ok, queued } from '../../src/memory/outcome.ts';
import * as rwlock from '../../src/memory/rwlock.ts';
import { memory } from '../support/memory.ts';

const fresh = () => memory({ mmu_lock }, { vm: 1, actor: 8 }).tables.mmu_lock(0);

describe('the queued rwlock', () => {
  it('lets readers in together and a writer alone', () => {
    const lock = fresh();
    expect(rwlock.readLock(lock, 1)).toBe(ok);
    expect(rwlock.readLock(lock, 2)).toBe(ok);
    expect(rwlock.writeLock(lock, 3)).toBe(queued);
    expect(lock.writer).toBe(0);
    rwlock.readUnlock(lock, 1);
    expect(isBlocked(rwlock.writeLockGranted(lock, 3))).toBe(true);
    rwlock.readUnlock(lock, 2);
    expect(rwlock.writeLockGranted(lock, 3)).toBe(ok);
    expect(lock.writer).toBe(3);
  });

  it('serves in the order of arrival: a reader behind a writer waits, though readers hold the lock', () => {
    const lock = fresh();
    rwlock.readLock(lock, 1);
    rwlock.writeLock(lock, 2);
    expect(rwlock.readLock(lock, 3)).toBe(queued);
    expect(isBlocked(rwlock.readLockGranted(lock, 3))).toBe(true);
    rwlock.readUnlock(lock, 1);
    expect(isBlocked(rwlock.readLockGranted(lock, 3))).toBe(true);
    expect(rwlock.writeLockGranted(lock, 2)).toBe(ok);
    rwlock.writeUnlock(lock);
    expect(rwlock.readLockGranted(lock, 3)).toBe(ok);
  });

  it('lets the readers at the head of the queue join each other', () => {
    const lock = fresh();
    rwlock.writeLock(lock, 1);
    rwlock.readLock(lock, 2);
    rwlock.readLock(lock, 3);
    rwlock.writeUnlock(lock);
    expect(rwlock.readLockGranted(lock, 2)).toBe(ok);
    expect(rwlock.readLockGranted(lock, 3)).toBe(ok);
    expect(lock.readers.has(2) && lock.readers.has(3)).toBe(true);
  });

  it('names itself as what a waiter waits for, and says when somebody waits', () => {
    const lock = fresh();
    rwlock.writeLock(lock, 1);
    expect(rwlock.contended(lock)).toBe(false);
    rwlock.writeLock(lock, 2);
    expect(rwlock.contended(lock)).toBe(true);
    expect(blockedOn(rwlock.writeLockGranted(lock, 2))).toBe(lock.id);
  });

  it('never has a writer beside anybody else, grants in queue order, and leaves no trace when everybody is gone', () => {
    const wish = fc.record({ actor: fc.integer({ min: 1, max: 7 }), write: fc.boolean() });
    fc.assert(fc.property(fc.array(wish, { maxLength: 60 }), (wishes) => {
      const { tables, words } = memory({ mmu_lock }, { vm: 1, actor: 8 });
      const lock = tables.mmu_lock(0);
      const state = new Map<number, 'reads' | 'writes' | 'waitsToRead' | 'waitsToWrite'>();
      const line: number[] = [];
      const move = (actor: number, write: boolean): void => {
        switch (state.get(actor)) {
          case undefined: {
            const answer = write ? rwlock.writeLock(lock, actor) : rwlock.readLock(lock, actor);
            if (answer === queued) line.push(actor);
            state.set(actor, answer === queued ? (write ? 'waitsToWrite' : 'waitsToRead') : write ? 'writes' : 'reads');
            return;
          }
          case 'reads': rwlock.readUnlock(lock, actor); state.delete(actor); return;
          case 'writes': rwlock.writeUnlock(lock); state.delete(actor); return;
          case 'waitsToRead':
          case 'waitsToWrite': {
            const writes = state.get(actor) === 'waitsToWrite';
            if (isBlocked(writes ? rwlock.writeLockGranted(lock, actor) : rwlock.readLockGranted(lock, actor))) return;
            expect(line.shift()).toBe(actor);
            state.set(actor, writes ? 'writes' : 'reads');
          }
        }
      };
      for (const { actor, write } of wishes) {
        move(actor, write);
        const holders = [...state.values()].filter((one) => one === 'reads' || one === 'writes');
        if (holders.includes('writes')) expect(holders).toHaveLength(1);
      }
      for (let round = 0; state.size > 0 && round < 100; round++) for (const actor of state.keys()) move(actor, false);
      expect(state.size).toBe(0);
      expect(words.every((word) => word === 0)).toBe(true);
    }));
  });
});
