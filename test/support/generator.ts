// A generator of scenarios: words of the language put together at random, now and then a wrong one.

import fc from 'fast-check';

const mostly = (good: fc.Arbitrary<unknown>, bad: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.oneof({ weight: 60, arbitrary: good }, { weight: 1, arbitrary: bad });
const anything = fc.oneof(fc.constant(undefined), fc.constant(null), fc.string(), fc.double(), fc.bigInt(), fc.array(fc.integer()), fc.object());
const page = mostly(fc.oneof(fc.nat(9), fc.constantFrom('0x7ffffffffffff', '0x10000000000', 4095)), anything);
const few = mostly(fc.integer({ min: 1, max: 6 }), fc.oneof(anything, fc.constantFrom(0, -1, 4097, '0x10000000000')));
const fd = mostly(fc.constantFrom('A', 'B'), fc.constantFrom('C', -1, 0));
const event = mostly(fc.constantFrom('e', 'f'), anything);
const maybe = (arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.option(arbitrary, { nil: undefined });
const op = (name: string, members: Record<string, fc.Arbitrary<unknown>> = {}): fc.Arbitrary<object> => fc.record({ op: fc.constant(name), ...members });

/** A program of a language, control included. */
function programs(...own: fc.Arbitrary<object>[]): fc.Arbitrary<object[]> {
  const { program } = fc.letrec<{ program: object[]; block: object[]; operation: object }>((tie) => ({
    block: fc.array(tie('operation'), { minLength: 1, maxLength: 3 }),
    program: fc.array(tie('operation'), { maxLength: 5 }),
    operation: fc.oneof({ maxDepth: 5, depthSize: 'medium' }, ...own, op('notify', { event }),
      fc.record({ op: fc.constant('loop'), times: few, do: tie('block') }),
      fc.record({ op: fc.constant('loop'), forever: fc.constant(true), times: mostly(fc.constant(undefined), few), do: tie('block') }),
      fc.record({ op: fc.constant('mix'), of: fc.array(fc.record({ weight: maybe(few), do: tie('program') }), { minLength: 1, maxLength: 4 }) }),
      op('await', { event })),
  }));
  return program;
}
const place = { fd: fc.constant(undefined), memory: mostly(fc.constant('ram'), anything), page: mostly(fc.nat(2), page), any: maybe(fc.constantFrom(1, 2)) };
const guestProgram = programs(op('read', { page, any: maybe(few) }), op('write', { page, private: maybe(fc.boolean()) }), op('fill', { page, pages: few, value: few }), op('convert', { page, pages: few, to: fc.constantFrom('private', 'shared') }));
const vmmProgram = programs(
  op('create_gmem', { fd, pages: few, vm: mostly(fc.constant(0), fc.nat(2)) }), op('punch', { fd, page, pages: few, expect: maybe(fc.constantFrom('ok', 'EINVAL', 'E')) }), op('allocate', { fd, page, pages: few }), op('close', { fd }),
  op('set_region', { slot: few, page, pages: few, fd: maybe(fd), memory: maybe(fc.constant('ram')), flags: maybe(mostly(fc.constantFrom(0, 4, ['guest_memfd']), anything)), vm: mostly(fc.constant(0), fc.nat(2)) }),
  op('set_attributes', { page, pages: few, to: mostly(fc.constant('private'), anything), attributes: mostly(fc.constant(undefined), fc.constant(8)), vm: mostly(fc.constant(0), fc.nat(2)) }),
  op('host_write', { memory: fc.constant('ram'), page: fc.nat(4), value: few }),
);
const cpuProgram = fc.tuple(vmmProgram, op('run', { policy: maybe(fc.constantFrom('stop', 'convert')) })).map(([program, run]) => [...program, run]);
const hardwareProgram = programs(op('memory_error', place), op('pin', place), op('interrupt', { vcpu: mostly(fc.constant(0), fc.nat(3)) }), op('signal', { thread: mostly(fc.constant('t'), anything) }), op('lru_drain'));
export const scenarios = fc.record({
  name: fc.constant('generated'), frames: maybe(few),
  vms: fc.array(fc.record({
    type: maybe(mostly(fc.constantFrom('default', 'sw-protected', 'confidential'), anything)),
    vcpus: maybe(fc.array(fc.record({ program: maybe(guestProgram), policy: maybe(fc.constantFrom('stop', 'retry', 'convert')), thread: maybe(cpuProgram) }), { maxLength: 3 })),
  }), { minLength: 1, maxLength: 2 }),
  memory: fc.constantFrom([{ name: 'ram', pages: 4 }], [{ name: 'ram', pages: 8, huge: true }]),
  setup: mostly(fc.constant([{ op: 'create_gmem', fd: 'A', pages: 4, vm: 0 }, { op: 'create_gmem', fd: 'B', pages: 9, vm: 0 }, { op: 'notify', event: 'e' }, { op: 'notify', event: 'f' }]), vmmProgram),
  threads: maybe(fc.array(fc.oneof(fc.record({ name: mostly(fc.constant('t'), anything), program: vmmProgram }), fc.record({ name: fc.constant('told'), commands: mostly(fc.constant(true), anything) })), { maxLength: 2 })),
  hardware: maybe(fc.array(fc.record({ name: fc.constant('hw'), program: hardwareProgram }), { maxLength: 1 })),
});
