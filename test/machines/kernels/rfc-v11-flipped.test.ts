// The debate about who holds whom, as verdicts: what each answer costs, and what none of them may cost.

import { describe, expect, it } from 'vitest';
import { builtinKernel } from '../../../machines/kernels/index.ts';
import { invariants } from '../../../src/check/invariants/index.ts';
import { exhaustive } from '../../../src/explore/search/exhaustive.ts';
import { call, close, createGmem, deleteSlot, setAttributes, slot } from '../../../src/scenario/builder.ts';
import { builtinScenario } from '../../../src/scenario/builtin/index.ts';
import { compile } from '../../../src/scenario/compile.ts';
import { heldLocks, leftovers, play } from '../../support/play.ts';
import type { Kernel } from '../../../src/kernel/define.ts';

const kernel = (letter = ''): Kernel => builtinKernel(`rfc-v11-flipped${letter === '' ? '' : `-${letter}`}`)!;
/** Ids of what a scenario breaks, in all interleavings. */
function broken(on: Kernel, name: string): string[] {
  const { complete, findings } = exhaustive(on, compile(builtinScenario(name)!, on), { invariants, graph: name === 'SC63', stop: 'never', states: 400_000 });
  expect(complete, `${name} on ${on.name} is searched to its end`).toBe(true);
  return [...new Set(findings.map(({ id }) => id))];
}

describe('memory whose VM has deleted its slots', () => {
  it('is seen by another VM that binds the file, without a guard', () => {
    expect(broken(kernel(), 'SC62')).toEqual(['S-29']);
  });

  it.each(['a', 'b', 'c'])('is not, with option %s', (letter) => {
    expect(broken(kernel(letter), 'SC62')).toEqual([]);
  });

  it.each([
    ['a', 'take-over', ['S-22']], ['b', 'SC39', ['S-27']], ['c', 'take-over', ['S-27']],
    ['a', 'SC39', []], ['c', 'SC39', []], ['', 'take-over', []], ['', 'SC39', []],
  ])('costs, with option %s, in %s: %j', (letter, name, costs) => {
    expect(broken(kernel(letter), name)).toEqual(costs);
  });

  it('is named in the list of each kernel', () => {
    expect(['', 'a', 'b', 'c', 'cycle'].map((letter) => kernel(letter).bugs.map(({ id }) => id).join(' '))).toEqual(['G3-LC1', 'G3-LC2', 'G3-LC3', 'G3-LC4', 'G3-LC1 G3-LC5']);
  });
});

describe('who holds whom', () => {
  it.each([['', []], ['a', []], ['b', []], ['c', []], ['cycle', ['L-07']]])('%s: a VM and its file go when both are closed, or %j', (letter, costs) => {
    expect(broken(kernel(letter), 'SC63')).toEqual(costs);
  });

  const slots = (vm: number, fd: string, filePage: number, expect_: string) => slot(filePage, filePage, 1, { vm, fd, filePage, expect: expect_ });

  it('a file is of the VM that binds it first, until the last of its slots is gone; closing it changes nothing', () => {
    const { unexpected, world, objects } = play({
      name: 'owner', vms: [{}, {}],
      threads: [{ name: 'main', program: [
        createGmem('A', 2, { vm: 0 }), slots(1, 'A', 0, 'ok'), slots(1, 'A', 1, 'ok'), deleteSlot(0, { vm: 1 }), slots(0, 'A', 0, 'EINVAL'), deleteSlot(1, { vm: 1 }), slots(0, 'A', 0, 'ok'),
        close('A', 'ok'), slots(0, 'A', 1, 'EBADF'),
      ] }],
    }, { kernel: kernel() });
    expect(unexpected).toEqual([]);
    expect(heldLocks(world)).toEqual([]);
    expect([objects.file(1).kvm, objects.file(1).f_count]).toEqual([1, 1]);
  });

  it('a file that is linked must be bound as the other one is, and the other does not come back', () => {
    const link = call('link_gmem', { vm: 1, newFd: 'B', fd: 'A' });
    const { unexpected } = play({
      name: 'linked', vms: [{}, {}], setup: [createGmem('A', 2, { vm: 0 }), slot(0, 4, 2, { vm: 0, fd: 'A' }), setAttributes(4, 2, 'private', { vm: 0 }), link],
      threads: [{ name: 'main', program: [
        slot(0, 5, 2, { vm: 1, fd: 'B', expect: 'EINVAL' }), slot(0, 4, 2, { vm: 1, fd: 'B', expect: 'ok' }), deleteSlot(0, { vm: 0 }), slot(0, 4, 2, { vm: 0, fd: 'A', expect: 'EINVAL' }),
      ] }],
    }, { kernel: kernel() });
    expect(unexpected).toEqual([]);
  });

  it('a bind that runs out of memory leaves the file to nobody', () => {
    const { unexpected, objects } = play({
      name: 'no-memory', vms: [{}, {}], setup: [createGmem('A', 2, { vm: 0 })],
      threads: [{ name: 'main', program: [{ op: 'await', event: 'armed' }, slot(0, 0, 2, { vm: 0, fd: 'A', expect: 'ENOMEM' }), slot(0, 0, 2, { vm: 1, fd: 'A', expect: 'ok' })] }],
      hardware: [{ name: 'hw', program: [{ op: 'fail_allocation', after: 2 }, { op: 'notify', event: 'armed' }] }],
    }, { kernel: kernel() });
    expect(unexpected).toEqual([]);
    expect(objects.file(1).kvm).toBe(2);
  });

  it('the last slot of a closed file takes it along, and the last file its inode', () => {
    const { unexpected, world } = play({
      name: 'last', vms: [{}], setup: [createGmem('A', 2), slot(0, 0, 1, { fd: 'A' }), call('link_gmem', { newFd: 'B', fd: 'A' })],
      threads: [{ name: 'main', program: [close('A', 'ok'), close('B', 'ok'), deleteSlot(0, { expect: 'ok' }), call('close_vm')] }],
    }, { kernel: kernel() });
    expect(unexpected).toEqual([]);
    expect(leftovers(world)).toEqual([]);
  });
});
