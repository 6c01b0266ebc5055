import { describe, expect, it } from 'vitest';
import { INSTRUCTION, POLICY, VMM } from '../../src/memory/code.ts';
import { compile } from '../../src/scenario/compile.ts';
import { withSpareVcpus } from '../../src/scenario/spare-vcpus.ts';
import { SC01 } from '../../src/scenario/builtin/sc01.ts';
import { slot, createGmem } from '../../src/scenario/builder.ts';
import { anyKernel } from '../support/for-kernel.ts';
import type { Topology } from '../../src/scenario/topology.ts';

const call = (name: string): number => anyKernel.calls.findIndex((one) => one.name === name);

/** Instructions of an actor without the zeroes behind them. */
function program(topology: Topology, name: string): number[][] {
  const { code } = topology.actors.find((actor) => actor.name === name)!;
  expect(code.length % INSTRUCTION).toBe(0);
  return Array.from({ length: code.length / INSTRUCTION }, (_, i) => {
    const words = code.slice(i * INSTRUCTION, (i + 1) * INSTRUCTION);
    return words.slice(0, Math.max(1, words.findLastIndex((word) => word !== 0) + 1));
  });
}
const guest = (...ops: object[]): Topology => compile({ name: 'x', vms: [{ vcpus: [{ program: ops }] }] }, anyKernel);
const vmm = (ops: object[], more: object = {}): Topology => compile({ name: 'x', vms: [{}], threads: [{ name: 'main', program: ops }], ...more }, anyKernel);

describe('actors that take commands', () => {
  const told = (more: object): unknown => ({ name: 'told', vms: [{ vcpus: [{ program: [{ op: 'read', page: 0 }] }, { commands: true }] }], threads: [{ name: 't', commands: true }], hardware: [{ name: 'h', commands: true }], ...more });

  it('have machines of their own, every operation that there is, and room for instructions', () => {
    const { actors } = compile(told({}), anyKernel);
    expect(actors.map(({ name, machine, code }) => [name, machine, code.length])).toEqual([
      ['vcpu0', 'vcpu', 48], ['irq0', 'hardware', 0], ['vcpu1', 'vcpu', 1560], ['irq1', 'hardware', 0],
      ['cpu0', 'vmm', 48], ['cpu1', 'vmm-commanded', 48], ['t', 'vmm-commanded', 1560], ['t.vm', 'vm-op', 0], ['t.gmem', 'gmem-op', 0], ['t.host', 'host-op', 0],
      ['vm0', 'vm', 0], ['h', 'injector-commanded', 1560], ['h.mf', 'memory-failure', 0],
    ]);
    expect(actors.find(({ name }) => name === 'cpu1')!.code.slice(0, 8)).toEqual([VMM.RUN, 3, 1, POLICY.STOP, 0, 0, 0, 1]);
  });

  it.each<[object, RegExp]>([
    [{ threads: [{ name: 't', commands: true, program: [] }] }, /^threads\[0\]: takes commands and has a 'program'; give one of them$/],
    [{ hardware: [{ name: 'h' }] }, /^hardware\[0\]\.program: is missing: what it does, or 'commands' for what comes from outside$/],
    [{ vms: [{ vcpus: [{ commands: true, thread: [] }] }] }, /^vms\[0\]\.vcpus\[0\]: takes commands and has a 'thread'; give one of them$/],
    [{ vms: [{ vcpus: [{ commands: false }] }] }, /^vms\[0\]\.vcpus\[0\]\.commands: must be true, not false$/],
    [{ threads: Array.from({ length: 64 }, (_one, i) => ({ name: `t${i}`, commands: true })), vms: [{ vcpus: Array.from({ length: 64 }, () => ({ commands: true })) }], hardware: Array.from({ length: 16 }, (_one, i) => ({ name: `h${i}`, commands: true })) }, /^$/],
  ])('%j', (more, sentence) => {
    let message = '';
    try {
      compile(told(more), anyKernel);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(sentence);
  });

  it('need a kernel that has their machines', () => {
    const old = { ...anyKernel, name: 'old', machines: anyKernel.machines.filter(({ machine }) => !machine.endsWith('-commanded')) };
    expect(() => compile(told({ hardware: [] }), old)).toThrow("kernel 'old' has no machine 'vmm-commanded', which actor 'cpu1' is");
    expect(() => compile(told({ threads: [], vms: [{}] }), old)).toThrow("hardware[0]: kernel 'old' has no hardware programs");
  });
});

describe('spare vCPUs', () => {
  it('stand behind those of the first VM; what names vCPUs behind them names them by their new numbers', () => {
    const two = {
      name: 'two', vms: [{ vcpus: [{ program: [{ op: 'read' as const, page: 0 }] }] }, { vcpus: [{ thread: [{ op: 'run' as const, vcpu: 1 }, { op: 'run' as const, vcpu: 'vcpu1' }] }] }],
      hardware: [{ name: 'h', program: [{ op: 'interrupt' as const, vcpu: 0 }, { op: 'interrupt' as const, vcpu: 'vcpu1' }, { op: 'signal' as const, thread: 'cpu1' }] }],
    };
    const more = withSpareVcpus(two, 2);
    expect(more).toEqual({
      name: 'two', vms: [{ vcpus: [two.vms[0]!.vcpus[0], { commands: true, policy: 'convert' }, { commands: true, policy: 'convert' }] }, { vcpus: [{ thread: [{ op: 'run', vcpu: 3 }, { op: 'run', vcpu: 'vcpu3' }] }] }],
      hardware: [{ name: 'h', program: [{ op: 'interrupt', vcpu: 0 }, { op: 'interrupt', vcpu: 'vcpu3' }, { op: 'signal', thread: 'cpu3' }] }],
    });
    expect(compile(more, anyKernel).vmOfVcpu).toEqual([0, 0, 0, 1]);
    expect(withSpareVcpus(two, 0)).toBe(two);
  });
});

describe('the actors of a scenario', () => {
  it('of SC01 are a vCPU with its thread, a puncher, the set-up, the VM, the file', () => {
    const topology = compile(SC01, anyKernel);
    expect(topology.actors.map(({ name, machine, caller, thread, vcpu, ownFile }) => [name, machine, caller, thread, vcpu, ownFile])).toEqual([
      ['vcpu0', 'vcpu', 3, 0, 0, 0],
      ['irq0', 'hardware', 0, -1, 0, 0],
      ['cpu0', 'vmm', 0, 0, -1, 0],
      ['main', 'vmm', 0, 1, -1, 0],
      ['main.gmem', 'gmem-op', 4, 1, -1, 0],
      ['setup', 'vmm', 0, 2, -1, 0],
      ['setup.vm', 'vm-op', 6, 2, -1, 0],
      ['vm0', 'vm', 0, -1, -1, 0],
      ['gmem:1', 'gmem', 0, -1, -1, 1],
    ]);
    expect(topology.setup).toEqual([6]);
    expect(topology.sizes).toEqual({
      vm: 1, vcpu: 1, gfn: 1, hp: 0, slot: 4, slotId: 1, set: 2, file: 2, inode: 2, index: 1, pfn: 5, segment: 0, hva: 1, region: 1, actor: 10, fd: 1,
      root: 2, thread: 3, event: 1, payload: 12, one: 1,
    });
    expect(topology.names).toEqual({ vms: ['vm0'], vcpus: ['vcpu0'], threads: ['cpu0', 'main', 'setup'], fds: ['A'], events: [], regions: [] });
  });

  it('include an operation actor only where the program needs it, and all three where the thread converts', () => {
    const names = (topology: Topology): string[] => topology.actors.map(({ name }) => name);
    const run = (policy: string) => compile({ name: 'x', vms: [{ vcpus: [{ program: [{ op: 'read', page: 0 }], policy }] }] }, anyKernel);
    expect(names(run('retry'))).toEqual(['vcpu0', 'irq0', 'cpu0', 'vm0']);
    expect(names(run('convert'))).toEqual(['vcpu0', 'irq0', 'cpu0', 'cpu0.vm', 'cpu0.gmem', 'cpu0.host', 'vm0']);
    expect(program(run('convert'), 'cpu0')).toEqual([[2, 1, 0, 2, 4, 5, 6], [0]]);
  });

  it('number vCPUs over all VMs', () => {
    const topology = compile({ name: 'x', vms: [{ vcpus: [{}] }, { vcpus: [{}, {}] }] }, anyKernel);
    expect(topology.vmOfVcpu).toEqual([0, 1, 1]);
    expect(topology.actors.filter(({ machine }) => machine === 'vcpu').map(({ name, vm }) => [name, vm])).toEqual([['vcpu0', 0], ['vcpu1', 1], ['vcpu2', 1]]);
    expect(topology.actors.filter(({ machine }) => machine === 'vm').map(({ vm }) => vm)).toEqual([0, 1]);
  });

  it('include a memory failure handler for a hardware program with memory errors only', () => {
    const topology = vmm([], {
      memory: [{ name: 'ram', pages: 2 }],
      hardware: [{ name: 'a', program: [{ op: 'lru_drain' }] }, { name: 'b', program: [{ op: 'memory_error', memory: 'ram', page: 1, thread: 'main', expect: 'EBUSY' }] }],
    });
    expect(topology.actors.slice(2).map(({ name, machine, caller }) => [name, machine, caller])).toEqual([['a', 'injector', 0], ['b', 'injector', 0], ['b.mf', 'memory-failure', 4]]);
    expect(program(topology, 'b')).toEqual([[1, 5, 17, 1, 0, 1, 1, 1], [0]]);
  });
});

describe('programs', () => {
  it('of guests are one instruction an access, with compact pages', () => {
    expect(program(guest(
      { op: 'read', page: 1000, any: 3 }, { op: 'write', page: 5, private: true }, { op: 'fill', page: 5, pages: 2, value: 9 }, { op: 'check', page: 6, value: 9 },
      { op: 'convert', page: 5, pages: 2, to: 'private' }, { op: 'speculate', page: 6 }, { op: 'evict', page: 5, any: 2 },
    ), 'vcpu0')).toEqual([[1, 2, 3], [2, 0, 1, 1, 1], [2, 0, 1, 0, 9], [2, 1, 1, 0, 9], [1, 1, 1, 0, 10], [3, 0, 2, 1], [9, 1, 1], [10, 0, 2], [0]]);
  });

  it('carry the registers of a hypercall that KVM is to refuse', () => {
    expect(program(guest({ op: 'map_gpa_range', gpa: '0x100000fff', npages: -1, attributes: 16 }), 'vcpu0')).toEqual([[3, 0, 0, 0, 1, 0xfff, 1, -1, -1, 16], [0]]);
  });

  it('end loops with a jump back, nested counters apart', () => {
    const read = { op: 'read', page: 0 };
    expect(program(guest({ op: 'loop', times: 3, do: [read, { op: 'loop', times: 2, do: [read] }] }, { op: 'loop', forever: true, do: [read] }), 'vcpu0'))
      .toEqual([[1, 0, 1], [1, 0, 1], [4, 1, 1, 2], [4, 0, 0, 3], [1, 0, 1], [4, 4], [0]]);
  });

  it('lead each branch of a mix behind the last one', () => {
    const read = { op: 'read', page: 0 };
    expect(program(guest({ op: 'mix', of: [{ do: [read, read] }, { weight: 7, do: [] }] }), 'vcpu0')).toEqual([[5, 2, 1, 1, 4, 8], [1, 0, 1], [1, 0, 1], [6, 5], [6, 5], [0]]);
  });

  it('of threads carry calls with their arguments in words', () => {
    const topology = vmm([
      { op: 'create_gmem', fd: 'A', pages: 4 }, { op: 'punch', fd: 'A', page: '0x100000', pages: 2, expect: 'ok' }, { op: 'notify', event: 'e' }, { op: 'await', event: 'e' },
      { op: 'set_region', slot: 3, page: 2, pages: 2, memory: 'ram', memoryPage: 1, fd: 'A', filePage: 1, flags: ['guest_memfd', 'readonly'] },
      { op: 'host_write', memory: 'ram', page: 0, any: 4, value: 5 }, { op: 'host_read', memory: 'ram', page: 1, value: 0 },
      { op: 'set_attributes', page: 2, pages: 2, to: 'private', expect: 'EINVAL' },
    ], { memory: [{ name: 'ram', pages: 4 }] });
    expect(program(topology, 'main')).toEqual([
      [1, call('create_gmem'), 0, 2, 0, 0, 16384],
      [1, call('fallocate'), 1, 3, 0, 3, 0, 1, 8192],
      [7], [8],
      [1, call('set_region'), 0, 2, 0, 3, 6, 8192, 0, 8192, 0, 0x1000, 0x7f00, 0, 4096],
      [3, 0, 4, 1, 5], [3, 1, 1, 0, 0, 1],
      [1, call('set_attributes'), 23, 2, 0, 8192, 0, 8192, 0, 8],
      [0],
    ]);
  });

  it('of hardware name page, vCPU, thread, countdown', () => {
    const topology = vmm([], {
      vms: [{ vcpus: [{}] }], setup: [{ op: 'create_gmem', fd: 'A', pages: 9 }],
      hardware: [{ name: 'hw', program: [{ op: 'pin', fd: 'A', page: 7 }, { op: 'unpin', fd: 'A', page: 7 }, { op: 'interrupt', vcpu: 'vcpu0' }, { op: 'signal', thread: 'main' }, { op: 'fail_allocation', after: 2 }, { op: 'fail_arch_prepare' }, { op: 'lru_drain' }] }],
    });
    expect(program(topology, 'hw')).toEqual([[9, 0, 0, 0, 1], [10, 0, 0, 0, 1], [2], [3, 1, 10], [11, 3], [12, 1], [13], [0]]);
  });

  it('are one run for a vCPU that has a program, and none for one that has not', () => {
    const topology = compile({ name: 'x', vms: [{ vcpus: [{ program: [{ op: 'read', page: 0 }] }, {}] }] }, anyKernel);
    expect(program(topology, 'cpu0')).toEqual([[2, 1], [0]]);
    expect(program(topology, 'cpu1')).toEqual([[0]]);
    expect(program(topology, 'vcpu1')).toEqual([[0]]);
  });
});

describe('pages', () => {
  it('are those that a program can touch: slots whole, ranges of other calls not', () => {
    const topology = vmm([
      createGmem('A', '0x10000000000'), slot(0, 16, 3, { fd: 'A', filePage: 100 }),
      { op: 'set_attributes', page: 0, pages: '0x10000000000', to: 'private' }, { op: 'punch', fd: 'A', page: 0, pages: '0x1000000000' }, { op: 'allocate', fd: 'A', page: 5, pages: 2 },
    ]);
    expect(topology.gfns).toEqual([{ start: '16', end: '19' }]);
    expect(topology.indexes).toEqual([{ start: '5', end: '7' }, { start: '100', end: '103' }]);
    expect(topology.hvas).toEqual([]);
  });

  it('of slots that KVM refuses at sight do not count', () => {
    const topology = vmm([
      { op: 'set_region', slot: 0, gpa: 1, size: '0x100000000000' }, { op: 'set_region', slot: 0, gpa: '0xfffffffffffff000', size: 8192 },
      { op: 'set_region', slot: 0, gpa: 0, pages: '0x80000000' }, { op: 'set_region', slot: 0, page: 0, pages: 0 },
    ]);
    expect(topology.gfns).toEqual([]);
  });

  it('of a slot beyond the signed range of offsets exist, since a kernel may accept it', () => {
    expect(vmm([createGmem('A', 1), slot(0, 0, 2, { fd: 'A', filePage: '0x7ffffffffffff' })]).indexes).toEqual([{ start: '2251799813685247', end: '2251799813685249' }]);
  });

  it('keep multiples of a huge page aligned where memory is huge', () => {
    const topology = vmm([slot(0, 5, 2, { memory: 'huge' })], { memory: [{ name: 'small', pages: 3 }, { name: 'huge', pages: 4, huge: true }], vms: [{ vcpus: [{ program: [{ op: 'read', page: 13 }] }] }] });
    expect(topology.gfns).toEqual([{ start: '4', end: '8' }, { start: '12', end: '16' }]);
    expect(topology.hvas).toEqual([{ start: String(0x7f0000000), end: String(0x7f0000008) }]);
    expect(topology.regionOfHva).toEqual([0, 0, 0, -1, 1, 1, 1, 1]);
    expect(topology.hugeRegions).toEqual([false, true]);
    expect(topology.sizes).toMatchObject({ gfn: 8, hp: 2, hva: 8, region: 2 });
  });
});

describe('pools', () => {
  it('hold three memslots for each slot of each VM, and each file that is made', () => {
    const topology = compile({
      name: 'x', vms: [{}, {}], threads: [{ name: 't', program: [
        createGmem('A', 1, { vm: 0 }), createGmem('A', 1, { vm: 0 }), createGmem('B', 1, { vm: 1 }),
        slot(0, 0, 1, { vm: 0 }), slot(0, 0, 1, { vm: 0 }), slot(5, 1, 1, { vm: 0 }), slot(0, 0, 1, { vm: 1 }), slot(40_000, 0, 1, { vm: 1 }),
      ] }],
    }, anyKernel);
    expect(topology.sizes).toMatchObject({ slot: 10, slotId: 6, file: 4, inode: 4, fd: 2 });
    expect(topology.actors.filter(({ machine }) => machine === 'gmem').map(({ name, ownFile }) => [name, ownFile])).toEqual([['gmem:1', 1], ['gmem:2', 2], ['gmem:3', 3]]);
  });

  it('can be made larger', () => {
    expect(compile({ name: 'x', vms: [{}], frames: 9, slots: 7, slotIds: 3, files: 2 }, anyKernel).sizes).toMatchObject({ pfn: 10, slot: 8, slotId: 3, file: 3 });
  });
});
