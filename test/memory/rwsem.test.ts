import { describe, expect, it } from 'vitest';
import { invalidate_lock } from '../../src/memory/layouts/gmem.ts';
import { blockedOn, isBlocked, ok, queued } from '../../src/memory/outcome.ts';
import * as rwsem from '../../src/memory/rwsem.ts';
import { memory } from '../support/memory.ts';

const fresh = () => memory({ invalidate_lock }).tables.invalidate_lock(1);

describe('the rw_semaphore', () => {
  it('lets readers in together and a writer alone', () => {
    const sem = fresh();
    expect(rwsem.downRead(sem, 1)).toBe(ok);
    expect(rwsem.downRead(sem, 2)).toBe(ok);
    expect(rwsem.downWrite(sem, 3)).toBe(queued);
    rwsem.upRead(sem, 1);
    expect(blockedOn(rwsem.downWriteGranted(sem, 3))).toBe(sem.id);
    rwsem.upRead(sem, 2);
    expect(rwsem.downWriteGranted(sem, 3)).toBe(ok);
    expect(isBlocked(rwsem.downRead(sem, 1))).toBe(true);
  });

  it('holds back new readers while a writer waits', () => {
    const sem = fresh();
    rwsem.downRead(sem, 1);
    rwsem.downWrite(sem, 2);
    expect(isBlocked(rwsem.downRead(sem, 3))).toBe(true);
    rwsem.upRead(sem, 1);
    expect(isBlocked(rwsem.downRead(sem, 3))).toBe(true);
    rwsem.downWriteGranted(sem, 2);
    rwsem.upWrite(sem);
    expect(rwsem.downRead(sem, 3)).toBe(ok);
  });

  it('may give the lock to any of several waiting writers, and to one that has just come', () => {
    const sem = fresh();
    rwsem.downWrite(sem, 1);
    rwsem.downWrite(sem, 2);
    rwsem.downWrite(sem, 3);
    rwsem.upWrite(sem);
    expect(rwsem.downWriteGranted(sem, 3)).toBe(ok);
    rwsem.upWrite(sem);
    expect(rwsem.downWrite(sem, 4)).toBe(ok);
    rwsem.upWrite(sem);
    expect(rwsem.downWriteGranted(sem, 2)).toBe(ok);
  });
});
