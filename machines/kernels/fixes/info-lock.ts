// The spinlock of shmem_inode_info, which the seal's draft does not take where it reads and writes the owner.

import * as mutex from '../../../src/memory/mutex.ts';
import { step } from '../../fragment.ts';
import type { Callback } from '../../../src/steps/memfd-owner.ts';
import type { MemfdWorld } from '../../../src/steps/memfd-world.ts';
import type { Step } from '../../../src/memory/world.ts';

const lock: Step<Callback, MemfdWorld> = ({ info_lock }, f) => mutex.lock(info_lock(f.inode), f.self);
const unlock: Step<Callback, MemfdWorld> = ({ info_lock }, f) => mutex.unlock(info_lock(f.inode));

export const infoLockSteps = { 'infoLock.lock': lock, 'infoLock.unlock': unlock };

/** spin_lock, spin_unlock */
export const take = (to: string) => step('infoLock.lock', 'spin_lock(&info->lock)', { ok: to });
export const drop = (to: string) => step('infoLock.unlock', 'spin_unlock(&info->lock)', { ok: to });
