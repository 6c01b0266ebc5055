// Scenarios whose actors take commands, and arbitrary commands for them.

import fc from 'fast-check';
import { commanded, createGmem, read, scenario, setAttributes, slot, spareVcpu, write } from '../../src/scenario/builder.ts';
import type { Injected } from '../../src/runtime/inputs.ts';
import type { PolicyName, Scenario } from '../../src/scenario/types.ts';

const setup = [createGmem('A', 4), slot(0, 0, 4, { fd: 'A', memory: 'ram' }), setAttributes(0, 4, 'private')];

/** A guest that does something, a spare vCPU, a thread and hardware that wait for commands. */
export const COMMANDED: Scenario = scenario({
  name: 'commanded', memory: [{ name: 'ram', pages: 4 }],
  vms: [{ vcpus: [{ program: [write(0, 7), read(1)], policy: 'retry' }, spareVcpu('convert')] }],
  setup, threads: [commanded('main')], hardware: [commanded('hw')],
});

/** A guest that asks for a page to be shared and writes to it, whose thread asks the outside about exits. */
export const asking = (policy: PolicyName = 'ask'): Scenario => scenario({
  name: 'asking', memory: [{ name: 'ram', pages: 4 }],
  vms: [{ vcpus: [{ program: [{ op: 'convert', page: 1, pages: 2, to: 'shared' }, write(1, 5)], policy }] }], setup,
});

const page = fc.nat(3);
const guest = fc.oneof(
  fc.record({ op: fc.constant('write'), page, value: fc.nat(9) }), fc.record({ op: fc.constant('read'), page, any: fc.constant(1) }),
  fc.record({ op: fc.constant('convert'), page, pages: fc.constant(1), to: fc.constantFrom('private', 'shared') }),
  fc.record({ op: fc.constant('loop'), times: fc.integer({ min: 1, max: 3 }), do: fc.constant([{ op: 'mix', of: [{ do: [{ op: 'read', page: 0 }] }, { do: [] }] }]) }),
);
const vmm = fc.oneof(
  fc.record({ op: fc.constantFrom('punch', 'allocate'), fd: fc.constant('A'), page, pages: fc.constant(1) }),
  fc.record({ op: fc.constant('set_attributes'), page, pages: fc.constant(1), to: fc.constantFrom('private', 'shared') }),
  fc.record({ op: fc.constant('host_write'), memory: fc.constant('ram'), page, value: fc.nat(9) }),
);
const hardware = fc.oneof(
  fc.record({ op: fc.constantFrom('memory_error', 'pin', 'unpin'), fd: fc.constant('A'), page }),
  fc.record({ op: fc.constant('interrupt'), vcpu: fc.nat(1) }), fc.constant({ op: 'lru_drain' }),
);
const some = (op: fc.Arbitrary<object>): fc.Arbitrary<object[]> => fc.array(op, { minLength: 1, maxLength: 4 });

/** Commands for COMMANDED. */
export const commands: fc.Arbitrary<Injected[]> = fc.array(fc.oneof(
  fc.record({ to: fc.constantFrom('vcpu1', 'cpu1'), do: some(guest) }),
  fc.record({ to: fc.constant('main'), do: some(vmm) }),
  fc.record({ to: fc.constant('hw'), do: some(hardware) }),
), { maxLength: 12 });
