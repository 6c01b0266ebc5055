// Files of cases: what is wrong is told with file, line and place.

import { describe, expect, it } from 'vitest';
import { readCases } from '../../src/record/cases.ts';
import { lineOf } from '../../src/record/lines.ts';

const step = (op: string, args: object): object => ({ op, args });
const VM = step('create_vm', { type: 0, as: 'v0' });
const text = (...steps: readonly unknown[]): string => JSON.stringify({ id: 'one', steps });
const problem = (content: string): string => {
  try {
    readCases(content, 'cases.jsonl');
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('cases', () => {
  it('are lines of JSON, with results or without; empty lines are none, what else they say is kept', () => {
    const cases = readCases(`${JSON.stringify({ id: 'a', tags: ['x'], steps: [{ ...VM, res: { ret: 'fd' } }] })}\n\n${JSON.stringify({ id: 'b', steps: [VM, VM] })}\n`, 'cases.jsonl');
    expect(cases.map(({ id, tags, steps }) => [id, tags, steps.length])).toEqual([['a', ['x'], 1], ['b', undefined, 2]]);
  });

  it.each([
    ['{"id":', /^cases\.jsonl, line 1: is not JSON: /],
    ['', /^cases\.jsonl, line 1: there is no case in it; a case is one line of JSON/],
    ['[1]', /^cases\.jsonl, line 1, the case: is an object, not a list$/],
    ['{"steps":[]}', /^cases\.jsonl, line 1, id: is missing$/],
    ['{"id":"a","steps":3}', /^cases\.jsonl, line 1, steps: is a list, not 3$/],
    [`${text()}\n${text()}`, /^cases\.jsonl, line 2, id: 'one' is the id of the case on line 1 already$/],
    [text(VM, step('fstatt', {})), /^cases\.jsonl, line 1, steps\[1\]\.op: there is no operation 'fstatt'; did you mean 'fstat'/],
    [text(step('fstat', {})), /^cases\.jsonl, line 1, steps\[0\]\.args\.fd: is missing$/],
    [text(step('fstat', { fd: 'g0' })), /^cases\.jsonl, line 1, steps\[0\]\.args\.fd: the handle 'g0' was never made/],
    [text(step('fstat', { fd: 0 })), /steps\[0\]\.args\.fd: is the name of a handle, or a negative number, not 0: that would be a file of the recorder's own$/],
    [text(step('child', { step: step('fstat', { fd: 1 }) })), /steps\[0\]\.args\.step\.args\.fd: is the name of a handle, or a negative number, not 1/],
    [text(step('create_vm', { type: 2 ** 60, as: 'v0' })), /steps\[0\]\.args\.type: is a word or a number/],
    [text(step('create_vm', { type: 0, as: 'v0 type=1' })), /steps\[0\]\.args\.as: is a word of the recorder, letters and digits, not 'v0 type=1'$/],
    [text(step('make_file', { kind: 'mem\nfd', as: 'x0' })), /steps\[0\]\.args\.kind: is a word of the recorder/],
    [text(step('child', { step: step('make_file', { kind: '=', as: 'x0' }) })), /steps\[0\]\.args\.step\.args\.kind: is a word of the recorder/],
    [JSON.stringify({ id: 'race', steps: [], loop: {} }), /^cases\.jsonl, line 1: 'race' is a race, not a sequence/],
    [JSON.stringify({ id: 'race', steps: [{ op: 'fsync', args: { fd: 'kvm' }, any_of: [] }] }), /'race' is a race, not a sequence/],
  ])('%s is refused', (content, expected) => {
    expect(problem(content)).toMatch(expected);
  });
});

describe('lines for the program', () => {
  it('are the operation and its arguments; what another process does begins with child', () => {
    expect(lineOf({ op: 'set_region', args: { vm: 'v0', slot: 1, flags: 0, gpa: '0xfffffffffffff000', size: 4096, hva: 'a0+8' } }))
      .toBe('set_region vm=v0 slot=1 flags=0 gpa=0xfffffffffffff000 size=4096 hva=a0+8');
    expect(lineOf({ op: 'fork_write', args: { map: 'm0', off: 0, len: 1, value: 7 } })).toBe('child host_write map=m0 off=0 len=1 value=7');
    expect(lineOf({ op: 'child', args: { step: { op: 'close', args: { fd: 'g0' } } } })).toBe('child close fd=g0');
    expect(lineOf({ op: 'enable_cap', args: { vm: 'v0', cap: 'EXIT_HYPERCALL', args: [4096, '0x10'] } })).toBe('enable_cap vm=v0 cap=201 args=4096,0x10');
    expect(lineOf({ op: 'create_gmem', args: { vm: 'v0', size: 1, flags: 0, badptr: true, reserved: false, as: 'g0' } })).toBe('create_gmem vm=v0 size=1 flags=0 badptr=1 reserved=0 as=g0');
    expect(lineOf({ op: 'create_vm', args: { type: 'SW_PROTECTED', as: 'v0' } })).toBe('create_vm type=1 as=v0');
  });
});
