import { describe, expect, it } from 'vitest';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { planFor } from '../../src/runtime/world.ts';
import { compile } from '../../src/scenario/compile.ts';
import { ScenarioError } from '../../src/scenario/errors.ts';
import { anyKernel } from '../support/for-kernel.ts';

function sentence(input: unknown): string {
  try {
    compile(input, anyKernel);
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
  return 'accepted';
}
const guest = (program: unknown) => ({ name: 'x', vms: [{ vcpus: [{ program }] }] });

describe('hostile input ends in one sentence', () => {
  it('a program nested ten thousand deep', () => {
    let program: unknown = [{ op: 'read', page: 0 }];
    for (let k = 0; k < 10_000; k++) program = [{ op: 'loop', forever: true, do: program }];
    expect(sentence(guest(program))).toBe("vms[0].vcpus[0].program[0].do[0].do[0].do[0].do[0].do[0].do[…: nested too deep; the limit 'nesting' is 16 loops and mixes inside each other");
  });

  it('an object that contains itself', () => {
    const loop: { op: string; forever: true; do: unknown[] } = { op: 'loop', forever: true, do: [] };
    loop.do.push(loop);
    expect(sentence(guest([loop]))).toMatch(/nested too deep; the limit 'nesting' is 16 loops and mixes inside each other$/);
  });

  it('a thousand million vCPUs', () => {
    expect(sentence({ name: 'x', vms: [{ vcpus: Array.from({ length: 0 }) }] })).toBe('accepted');
    const many: unknown[] = [];
    many.length = 1e9;
    expect(sentence({ name: 'x', vms: [{ vcpus: many }] })).toBe("vms[0].vcpus: a list of 1000000000; it is too large: more than 200000 values (limit 'nodes')");
  });

  it('a text of a hundred million letters, as value and as key', () => {
    const long = 'a'.repeat(100_000_000);
    expect(sentence({ name: long, vms: [{}] })).toBe("name: a text of 100000000 letters; the limit 'text' is 2000");
    expect(sentence({ name: 'x', vms: [{}], [long]: 1 })).toBe(`scenario: has no member '${'a'.repeat(37)}…'`);
  });

  it('a million operations', () => {
    const read = { op: 'read', page: 0 };
    expect(sentence(guest(Array.from({ length: 10_001 }, () => read)))).toBe("vms[0].vcpus[0].program: has 10001 members; the limit 'instructions' is 10000");
    expect(sentence(guest(Array.from({ length: 1_000_000 }, () => read)))).toBe("vms[0].vcpus[0].program: a list of 1000000; it is too large: more than 200000 values (limit 'nodes')");
    expect(sentence(guest(Array.from({ length: 4 }, () => ({ op: 'fill', page: 0, pages: 4096, value: 1 }))))).toBe("vms[0].vcpus[0].program[2]: the programs have more than 10000 instructions (limit 'instructions')");
  });

  it('more pages than there may be, access by access', () => {
    expect(sentence(guest(Array.from({ length: 5000 }, (_, i) => ({ op: 'read', page: 1000 * i, any: 500 }))))).toBe("scenario: its programs touch 2500000 guest pages; the limit 'pages' is 1048576");
  });

  it('a world that no machine has the memory for, told before any of it is allocated', () => {
    const topology = compile({
      name: 'x', vms: [{ vcpus: Array.from({ length: 4000 }, () => ({ program: [{ op: 'read', page: 0, any: 65_535 }] })) }], setup: [{ op: 'set_region', slot: 0, page: 0, pages: 1_048_576 }],
    }, anyKernel);
    expect(() => planFor(v6_8, topology)).toThrow(new ScenarioError('', "its world takes 70,865 MB, 67,109 of them for 'tlb' (4,000 vcpu × 1,048,576 gfn); the limit 'megabytes' is 1024: use less of these"));
  });

  it('keys of Object.prototype', () => {
    expect(sentence(JSON.parse('{"name":"x","vms":[{}],"__proto__":{"a":1}}'))).toBe("scenario: has no member '__proto__'");
    expect(sentence(JSON.parse('{"name":"x","vms":[{"vcpus":[{"program":[{"op":"constructor"}]}]}]}'))).toBe("vms[0].vcpus[0].program[0].op: there is no guest operation 'constructor'");
    expect(sentence({ name: 'x', vms: [{}], threads: [{ name: 't', program: [{ op: 'toString' }] }] })).toBe("threads[0].program[0].op: there is no VMM operation 'toString'");
  });

  it.each([Symbol('s'), () => 0, Number.NaN, Infinity, new Date(0), new Map(), true, undefined])('%o as a scenario, a name, a page', (value) => {
    expect(sentence(value)).toMatch(/^\w+: (?:must be an object|is missing)/);
    expect(sentence({ name: value, vms: [{}] })).toMatch(/^name: must be a name/);
    expect(sentence(guest([{ op: 'read', page: value }]))).toMatch(/^vms\[0\]\.vcpus\[0\]\.program\[0\]\.page: must be a whole number/);
  });
});
