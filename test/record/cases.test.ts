// Files of cases: what is wrong is told with file, line and place.

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { integer, readCases, textOfCases } from '../../src/record/cases.ts';
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
  it('are lines of JSON; empty lines are none, what else they say is kept', () => {
    const cases = readCases(`${JSON.stringify({ id: 'a', tags: ['x'], steps: [VM] })}\n\n${JSON.stringify({ id: 'b', steps: [] })}\n`, 'cases.jsonl');
    expect(cases.map(({ id, tags, steps }) => [id, tags, steps.length])).toEqual([['a', ['x'], 1], ['b', undefined, 0]]);
  });

  it('may be compressed', () => {
    expect(textOfCases(gzipSync('abc'))).toBe('abc');
    expect(textOfCases(new TextEncoder().encode('abc'))).toBe('abc');
  });

  it.each([
    ['{"id":', /^cases\.jsonl, line 1: not JSON: /],
    ['', 'cases.jsonl, line 1: there is no case; a case is one line of JSON, { "id", "steps" }'],
    ['[1]', 'cases.jsonl, line 1: a case is an object with id and steps, not a list'],
    ['{"steps":[]}', 'cases.jsonl, line 1: id: a case has a name, not nothing'],
    ['{"id":"a","steps":3}', 'cases.jsonl, line 1: steps: a case has a list of steps, not 3'],
    [`${text()}\n${text()}`, "cases.jsonl, line 2: id: 'one' is the case in line 1, too; ids are told apart"],
    [text(3), 'cases.jsonl, line 1: steps[0]: a step is an object with op and args, not 3'],
    [text(step('fstatt', {})), /^cases\.jsonl, line 1: steps\[0\]\.op: there is no operation 'fstatt'; did you mean 'fstat'/],
    [text(step('toString', {})), /there is no operation 'toString'/],
    [text({ op: 'fstat' }), 'cases.jsonl, line 1: steps[0].args: fstat has an object of arguments, not nothing'],
    [text(step('fstat', {})), "cases.jsonl, line 1: steps[0].args: fstat needs 'fd'"],
    [text(step('fstat', { fd: 'kvm', size: 1 })), "cases.jsonl, line 1: steps[0].args.size: fstat has no argument 'size'"],
    [text(step('fstat', { fd: 'g0' })), "cases.jsonl, line 1: steps[0].args.fd: no step before has made 'g0'"],
    [text(step('fstat', { fd: 0 })), 'cases.jsonl, line 1: steps[0].args.fd: it is the name of a file, or a negative number, not 0'],
    [text(step('fstat', { fd: -(2 ** 40) })), /it is the name of a file, or a negative number/],
    [text(step('fstat', { fd: 'kvm flags=1' })), /it is the name of a file, or a negative number, not 'kvm flags=1'/],
    [text(step('create_vm', { type: 1.5, as: 'v0' })), /type: it is a whole number, beyond 2\^53 - 1 a text like '0x8000000000000000', not 1\.5/],
    [text(step('create_vm', { type: 2 ** 60, as: 'v0' })), /type: it is a whole number/],
    [text(step('create_vm', { type: '0x10000000000000000', as: 'v0' })), /type: it is a whole number/],
    [text(step('create_vm', { type: '12', as: 'v0' })), /type: it is a whole number/],
    [text(step('create_vm', { type: 0, as: 'kvm' })), /as: a name is a small letter/],
    [text(step('create_vm', { type: 0, as: 'V0' })), /as: a name is a small letter/],
    [text(step('make_file', { kind: 'disk', as: 'x0' })), "cases.jsonl, line 1: steps[0].args.kind: it is memfd, eventfd, pipe, devzero, devnull, not 'disk'"],
    [text(VM, step('set_region', { vm: 'v0', slot: 0, flags: 0, gpa: 0, size: 0, hva: 'm0+4096' })), /hva: no step before has made 'm0'/],
    [text(VM, step('set_region', { vm: 'v0', slot: 0, flags: 0, gpa: 0, size: 0, hva: 'v0+' })), /hva: it is a number, the name of a mapping, or name\+bytes/],
    [text(step('child', { step: step('child', { step: VM }) })), 'cases.jsonl, line 1: steps[0].args.step: a child process has no child processes'],
    [text(step('child', { step: VM }), step('fstat', { fd: 'v0' })), /steps\[1\]\.args\.fd: no step before has made 'v0'/],
    [JSON.stringify({ id: 'race', steps: [], loop: {} }), /'race' is a race, not a sequence/],
    [JSON.stringify({ id: 'race', steps: [{ op: 'fsync', args: { fd: 'kvm' }, any_of: [] }] }), /'race' is a race, not a sequence/],
  ])('%s is refused', (content, expected) => {
    if (typeof expected === 'string') expect(problem(content)).toBe(expected);
    else expect(problem(content)).toMatch(expected);
  });

  it('of a real kernel are read', () => {
    expect(readCases(readFileSync(new URL('linux-6.18.jsonl', import.meta.url), 'utf8'), 'linux-6.18.jsonl')).toHaveLength(48);
  });
});

describe('numbers', () => {
  it('have 64 bits', () => {
    expect([0, -4096, 2 ** 53 - 1, '0xffffffffffffffff'].map(integer)).toEqual([0n, -4096n, 2n ** 53n - 1n, 2n ** 64n - 1n]);
    expect([2 ** 53, NaN, 0.5, '0x', '-0x1', '7', null, undefined].map(integer)).toEqual(Array(8).fill(undefined));
  });
});

describe('lines for the program', () => {
  it('are the operation and its arguments; what another process does begins with child', () => {
    expect(lineOf({ op: 'set_region', args: { vm: 'v0', slot: 1, flags: 0, gpa: '0xfffffffffffff000', size: 4096, hva: 'a0+8' } }))
      .toBe('set_region vm=v0 slot=1 flags=0 gpa=0xfffffffffffff000 size=4096 hva=a0+8');
    expect(lineOf({ op: 'fork_write', args: { map: 'm0', off: 0, len: 1, value: 7 } })).toBe('child host_write map=m0 off=0 len=1 value=7');
    expect(lineOf({ op: 'child', args: { step: { op: 'close', args: { fd: 'g0' } } } })).toBe('child close fd=g0');
    expect(lineOf({ op: 'enable_cap', args: { vm: 'v0', cap: 'EXIT_HYPERCALL', args: [4096, '0x10'] } })).toBe('enable_cap vm=v0 cap=201 args=4096,0x10');
  });
});
