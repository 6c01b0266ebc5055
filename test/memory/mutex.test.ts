import { describe, expect, it } from 'vitest';
import { slots_lock } from '../../src/memory/layouts/kvm.ts';
import * as mutex from '../../src/memory/mutex.ts';
import { blockedOn, isBlocked, ok } from '../../src/memory/outcome.ts';
import { memory } from '../support/memory.ts';

const fresh = () => memory({ slots_lock }).tables.slots_lock(0);

describe('a mutex', () => {
  it('is taken by who comes when it is free', () => {
    const lock = fresh();
    expect(mutex.lock(lock, 1)).toBe(ok);
    expect(lock.owner).toBe(1);
  });

  it('blocks everybody else on itself, the holder too', () => {
    const lock = fresh();
    mutex.lock(lock, 1);
    for (const actor of [1, 2]) {
      const answer = mutex.lock(lock, actor);
      expect(isBlocked(answer)).toBe(true);
      expect(blockedOn(answer)).toBe(lock.id);
      expect(lock.owner).toBe(1);
    }
  });

  it('goes to anybody once it is released, who waited or not', () => {
    const lock = fresh();
    mutex.lock(lock, 1);
    mutex.lock(lock, 2);
    mutex.unlock(lock);
    expect(mutex.lock(lock, 3)).toBe(ok);
    expect(lock.owner).toBe(3);
  });
});
