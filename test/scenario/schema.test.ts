import { describe, expect, it } from 'vitest';
import { compile } from '../../src/scenario/compile.ts';
import { ScenarioError } from '../../src/scenario/errors.ts';
import { anyKernel } from '../support/for-kernel.ts';

const guest = (...program: object[]) => ({ name: 'x', vms: [{ vcpus: [{ program }] }] });
const create = { op: 'create_gmem', fd: 'A', pages: 4 };
const main = (...program: object[]) => ({ name: 'x', vms: [{}], memory: [{ name: 'ram', pages: 4 }], setup: [create], threads: [{ name: 'main', program }] });
const hardware = (...program: object[]) => ({ ...main(), hardware: [{ name: 'hw', program }] });
const nested = (depth: number, times?: number): object =>
  (depth === 0 ? { op: 'read', page: 0 } : { op: 'loop', ...(times === undefined ? { forever: true } : { times }), do: [nested(depth - 1, times)] });

function refusal(input: unknown): ScenarioError {
  try {
    compile(input, anyKernel);
  } catch (error) {
    if (error instanceof ScenarioError) return error;
    throw error;
  }
  throw new Error('accepted');
}

describe('a scenario is accepted', () => {
  it.each([
    ['with nothing but a VM', { name: 'x', vms: [{}] }],
    ['with 64-bit text and negative numbers', main({ op: 'set_region', slot: 0, gpa: '0x7ffffffffffff000', size: -4096, expect: 'EINVAL' })],
    ['with flags by name, and as bits', main({ op: 'set_region', slot: 0, page: 0, pages: 1, fd: 'A', flags: ['guest_memfd'] }, { op: 'set_region', slot: 1, page: 4, pages: 1, flags: 4, fd: 'A', offset: 4096 })],
    ['with three counted loops inside an endless one', guest({ op: 'loop', forever: true, do: [nested(3, 2)] })],
    ['with a branch that does nothing', guest({ op: 'mix', of: [{ do: [] }, { weight: 3, do: [{ op: 'read', page: 1 }] }] })],
    ['with -1 for no file', main({ op: 'set_region', slot: 0, page: 0, pages: 1, fd: -1, memory: 'ram' })],
    ['with a descriptor that the set-up creates and a thread again, and again', { name: 'x', vms: [{}], setup: [create], threads: [{ name: 'a', program: [{ op: 'close', fd: 'A' }, create, { op: 'dup', fd: 'A', newFd: 'A' }] }] }],
    ['with VMs and vCPUs by name', { name: 'x', vms: [{}, { vcpus: [{}] }], threads: [{ name: 't', program: [{ op: 'create_gmem', vm: 'vm1', fd: 'A', pages: 1 }, { op: 'close_vcpu', vcpu: 'vcpu0' }] }] }],
  ])('%s', (_what, input) => {
    expect(() => compile(input, anyKernel)).not.toThrow();
  });
});

describe('a scenario is refused in one sentence', () => {
  it.each<[string, unknown]>([
    ['scenario: must be an object, not null', null],
    ['scenario: must be an object, not a list', []],
    ["threads[1].program[0].do[0].fd: thread 'a' creates a descriptor 'B' as well; two threads need two names", { name: 'x', vms: [{}], threads: [{ name: 'a', program: [{ ...create, fd: 'B' }] }, { name: 'b', program: [{ op: 'loop', times: 2, do: [{ ...create, fd: 'B' }] }] }] }],
    ["threads[0].program[0].newFd: thread 'cpu0' creates a descriptor 'B' as well; two threads need two names", { name: 'x', vms: [{ vcpus: [{ thread: [{ ...create, fd: 'B' }] }] }], setup: [create, { ...create, fd: 'B' }], threads: [{ name: 'a', program: [{ op: 'dup', fd: 'A', newFd: 'B' }] }] }],
    ["about[0]: there is no property 'S-99'; did you mean 'S-09' or 'S-19' or 'S-29'?", { name: 'x', vms: [{}], about: ['S-99'] }],
    ["about[1]: there is no property 5", { name: 'x', vms: [{}], about: ['L-11', 5] }],
    ["scenario: must be an object, not 'SC01'", 'SC01'],
    ['name: is missing: name of the scenario', { vms: [{}] }],
    ["name: must be a name: a letter, then letters, digits, '-' or '_', 64 at most, not 3", { name: 3, vms: [{}] }],
    ['vms: is missing: virtual machines: vm0, vm1, …', { name: 'x' }],
    ['vms: must be a list, not 1000000000', { name: 'x', vms: 1e9 }],
    ['vms: must not be empty', { name: 'x', vms: [] }],
    ["vms: has 257 members; the limit 'vms' is 256", { name: 'x', vms: Array.from({ length: 257 }, () => ({})) }],
    ['vms[0]: must be an object, not a list', { name: 'x', vms: [[]] }],
    ["vms[0].vcpus: has 4097 members; the limit 'vcpus' is 4096", { name: 'x', vms: [{ vcpus: Array.from({ length: 4097 }, () => ({})) }] }],
    ["vms: 5000 vCPUs; the limit 'vcpus' is 4096", { name: 'x', vms: [0, 1].map(() => ({ vcpus: Array.from({ length: 2500 }, () => ({})) })) }],
    ["scenario: has no member 'thread'; did you mean 'threads'?", { name: 'x', vms: [{}], thread: [] }],
    ["vms[0].type: must be 'default', 'sw-protected' or 'confidential', not 'sw_protected'; did you mean 'sw-protected'?", { name: 'x', vms: [{ type: 'sw_protected' }] }],
    ["frames: must be a whole number from 1 to 1048576 (limit 'frames'), not 0.5", { name: 'x', vms: [{}], frames: 0.5 }],
    ["vms[0].vcpus[0].program[0].op: there is no guest operation 'raed'; did you mean 'read'?", guest({ op: 'raed', page: 0 })],
    ['vms[0].vcpus[0].program[0].op: is missing: the name of a guest operation', guest({})],
    ["vms[0].vcpus[0].program[0]: must be a guest operation, not 'read'", { name: 'x', vms: [{ vcpus: [{ program: ['read'] }] }] }],
    ['vms[0].vcpus[0].program[0].page: is missing: page number', guest({ op: 'read' })],
    ["vms[0].vcpus[0].program[0].page: must be a whole number or 64-bit text such as '0x1000', not '0xg'", guest({ op: 'read', page: '0xg' })],
    ["vms[0].vcpus[0].program[0].page: must be a whole number or 64-bit text such as '0x1000', not 1.5", guest({ op: 'read', page: 1.5 })],
    ["vms[0].vcpus[0].program[0].page: page '0x10000000000' lies beyond the guest-physical address space of 2^40 pages", guest({ op: 'read', page: '0x10000000000' })],
    ["vms[0].vcpus[0].program[0].page: '99999999999999999999' does not fit in 64 bits", guest({ op: 'read', page: '99999999999999999999' })],
    ["vms[0].vcpus[0].program[0].any: must be a whole number from 1 to 65535 (limit 'any'), not 0", guest({ op: 'read', page: 0, any: 0 })],
    ["vms[0].vcpus[0].program[0].to: must be 'private' or 'shared', not 'secret'", guest({ op: 'convert', page: 0, pages: 1, to: 'secret' })],
    ["vms[0].vcpus[0].program[0]: a loop has either 'times' or 'forever'", guest({ op: 'loop', do: [{ op: 'read', page: 0 }] })],
    ["vms[0].vcpus[0].program[0]: a loop has either 'times' or 'forever'", guest({ op: 'loop', times: 2, forever: true, do: [{ op: 'read', page: 0 }] })],
    ['vms[0].vcpus[0].program[0].do: must not be empty', guest({ op: 'loop', times: 2, do: [] })],
    ["vms[0].vcpus[0].program[0].do[0].do[0].do[0]: a counted loop inside 3 others; the limit 'loops' is 3", guest(nested(4, 2))],
    ["vms[0].vcpus[0].program[0].do[0].do[0].do[0].do[0].do[0].do[0].do[0].do[0].do[0].do[0].do[0].do[0].do[0].do[0].do[0].do[0].do: nested too deep; the limit 'nesting' is 16 loops and mixes inside each other", guest(nested(17))],
    ["vms[0].vcpus[0].program[0].of: has 12 members; the limit 'branches' is 11", guest({ op: 'mix', of: Array.from({ length: 12 }, () => ({ do: [] })) })],
    ["vms[0].vcpus[0].program[0].event: there is no notify of event 'go'; the scenario has none", guest({ op: 'await', event: 'go' })],
    ["vms[0].vcpus[0].program[0].event: there is no notify of event 'reddy'; did you mean 'ready'?", guest({ op: 'await', event: 'reddy' }, { op: 'notify', event: 'ready' })],
    ["threads[0].program[0].op: there is no VMM operation 'fallocat'; did you mean 'fallocate' or 'allocate'?", main({ op: 'fallocat' })],
    ["threads[0].program[0].fd: there is no descriptor 'B'; did you mean 'A'?", main({ op: 'punch', fd: 'B', page: 0, pages: 1 })],
    ["threads[0].program[0].fd: must be the name of a descriptor, or -1 for none, not 0", main({ op: 'close', fd: 0 })],
    ['threads[0].program[0].fd: a file is needed here; -1 is for none', main({ op: 'close', fd: -1 })],
    ['threads[0].program[0].vm: there is no VM 1; they are numbered 0 to 0', main({ op: 'set_region', vm: 1, slot: 0, pages: 1 })],
    ["threads[0].program[0].vm: there is no VM 'vm7'; did you mean 'vm0'?", main({ op: 'set_region', vm: 'vm7', slot: 0, pages: 1 })],
    ['threads[0].program[0].vm: which VM? There are vm0, vm1', { name: 'x', vms: [{}, {}], threads: [{ name: 't', program: [create] }] }],
    ['threads[0].program[0].vcpu: there is no vCPU 0; the scenario has none', main({ op: 'close_vcpu', vcpu: 0 })],
    ["threads[0].program[0]: 'gpa' and 'page' say the same; give one of them", main({ op: 'set_region', slot: 0, gpa: 0, page: 0, pages: 1 })],
    ["threads[0].program[0].size: is missing: bytes, or 'pages' for it", main({ op: 'set_region', slot: 0, page: 0 })],
    ["threads[0].program[0].memory: there is no memory region 'rom'; did you mean 'ram'?", main({ op: 'host_read', memory: 'rom', page: 0 })],
    ["threads[0].program[0].page: page 4 lies behind the end of 'ram', which has 4", main({ op: 'host_read', memory: 'ram', page: 4 })],
    ["threads[0].program[0].memoryPage: is a page of a region; name the region in 'memory'", main({ op: 'set_region', slot: 0, page: 0, pages: 1, memoryPage: 1 })],
    ["threads[0].program[0].flags: has no flag 'gmem'; there are log_dirty, readonly, guest_memfd", main({ op: 'set_region', slot: 0, page: 0, pages: 1, flags: ['gmem'] })],
    ["threads[0].program[0].expect: must be the name of an errno, or 'ok', not 'EWHAT'", main({ op: 'close', fd: 'A', expect: 'EWHAT' })],
    ["threads[0].program[0].again: must be the name of an errno, not 'ok'", main({ op: 'close', fd: 'A', again: 'ok' })],
    ["threads[0].program[0].size: 1048577 guest pages; the limit 'pages' is 1048576", main({ op: 'set_region', slot: 0, page: 0, pages: 1_048_577 })],
    ["threads[0].program[0]: allocates 2000000 file pages; the limit 'pages' is 1048576", main({ op: 'allocate', fd: 'B', page: 0, pages: 2_000_000 }, { ...create, fd: 'B', pages: 2_000_000 })],
    ["threads[0].program[0]: a vCPU is run by a thread of its own; this belongs into the 'thread' of a vCPU", main({ op: 'run' })],
    ['vms[0].vcpus[0].thread[0]: a vCPU is run by a thread of its own; this belongs into vms[0].vcpus[1].thread', { name: 'x', vms: [{ vcpus: [{ thread: [{ op: 'run', vcpu: 1 }] }, {}] }] }],
    ["threads[0].name: the name 'cpu0' belongs to the laboratory; choose another", { name: 'x', vms: [{}], threads: [{ name: 'cpu0', program: [] }] }],
    ["hardware[0].name: the name 'main' is taken already", { ...main(), hardware: [{ name: 'main', program: [] }] }],
    ["memory[1].name: the name 'ram' is taken already", { name: 'x', vms: [{}], memory: [{ name: 'ram', pages: 1 }, { name: 'ram', pages: 1 }] }],
    ['memory[0].pages: a region of huge pages is a multiple of 4 pages, not 6', { name: 'x', vms: [{}], memory: [{ name: 'ram', pages: 6, huge: true }] }],
    ["hardware[0].program[0]: the page belongs either to a file, 'fd', or to a region, 'memory'", hardware({ op: 'memory_error', page: 0 })],
    ["hardware[0].program[0].page: page 4 lies behind the end of 'A', which has 4", hardware({ op: 'pin', fd: 'A', page: 4 })],
    ["hardware[0].program[0].thread: there is no thread 'man'; did you mean 'main'?", hardware({ op: 'signal', thread: 'man' })],
    ['setup[0]: the set-up runs alone; nobody could notify it', { name: 'x', vms: [{}], setup: [{ op: 'await', event: 'e' }, { op: 'notify', event: 'e' }] }],
    ['setup[0]: the set-up must end; a loop without end cannot be part of it', { name: 'x', vms: [{}], setup: [{ op: 'loop', forever: true, do: [{ op: 'notify', event: 'e' }] }] }],
  ])('%s', (sentence, input) => {
    expect(refusal(input).message).toBe(sentence);
  });

  it('with the place and the hint apart', () => {
    const error = refusal(guest({ op: 'raed', page: 0 }));
    expect(error.path).toBe('vms[0].vcpus[0].program[0].op');
    expect(refusal(main({ op: 'host_read', memory: 'rom', page: 0 })).hint).toBe("did you mean 'ram'?");
  });

  it('when the kernel lacks a call, a VM type, or hardware programs', () => {
    const bare = { ...anyKernel, name: 'bare', machines: anyKernel.machines.filter(({ machine }) => machine !== 'injector'), config: { ...anyKernel.config, vmTypes: ['default'] } };
    const say = (input: unknown, kernel = bare): string => {
      try { compile(input, kernel); } catch (error) { return (error as Error).message; }
      return 'accepted';
    };
    expect(say({ name: 'x', vms: [{}] })).toBe("vms[0].type: kernel 'bare' has no VM type 'sw-protected'; it has default");
    expect(say({ name: 'x', vms: [{ type: 'default' }], hardware: [{ name: 'hw', program: [] }] })).toBe("hardware[0]: kernel 'bare' has no hardware programs");
    expect(say(main(), { ...bare, calls: anyKernel.calls.filter(({ name }) => name !== 'create_gmem') })).toBe("setup[0].op: there is no VMM operation 'create_gmem'");
  });
});
