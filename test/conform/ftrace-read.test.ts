// Kernel traces as text: what is read of every form of line, and what is said of a trace that cannot be read.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FtraceError } from '../../src/conform/ftrace/errors.ts';
import { flowOf } from '../../src/conform/ftrace/flow.ts';
import { readFtrace } from '../../src/conform/ftrace/read.ts';
import { CASES, textOf } from '../support/ftraces.ts';

const graph = (...lines: string[]): string => ['# tracer: function_graph', '#', ...lines, ''].join('\n');
const events = (...lines: string[]): string => ['# tracer: nop', '#', ...lines, ''].join('\n');
const problem = (text: string): string => {
  try {
    flowOf(readFtrace('x.txt', text));
    return 'none';
  } catch (error) {
    if (error instanceof FtraceError) return error.message;
    throw error;
  }
};

describe('a line of a trace of events', () => {
  test.each([
    ['as tracefs has it', '          record-77      [001] d..1.    11.194777: kvm_entry: vcpu 0, rip 0x10', 'record-77', 1, 11194777],
    ['of an older kernel, with four flags', '  record-77 [000] d..1   11.194777: kvm_entry: vcpu 0, rip 0x10', 'record-77', 0, 11194777],
    ['with the thread group', '  record-77    (     75) [001] d..1. 11.194777: kvm_entry: vcpu 0, rip 0x10', 'record-77', 1, 11194777],
    ['as trace-cmd reports it', '     CPU 0/KVM-4711  [003] 11.194777456: kvm_entry:            vcpu 0, rip 0x10', 'CPU 0/KVM-4711', 3, 11194777.456],
    ['of a task that has no name any more', '           <...>-9 [000] .....     1.000001: kvm_entry: vcpu 0, rip 0x10', '<...>-9', 0, 1000001],
  ])('%s', (_what, line, task, cpu, time) => {
    const { form, records } = readFtrace('x.txt', line);
    expect(form).toBe('events');
    expect(records).toEqual([{ line: 1, task, cpu, time, kind: 'event', name: 'kvm_entry', fields: 'vcpu 0, rip 0x10', ret: undefined, took: 0 }]);
  });
});

describe('a line of a function graph', () => {
  const head = '   10.646932 |   1)   record-74    |';
  test.each([
    ['where a function begins', `${head}               |  kvm_vm_ioctl() {`, { kind: 'enter', name: 'kvm_vm_ioctl' }],
    ['where it ends', `${head} # 5751.121 us |      } /* kvm_set_memslot ret=0x0 */`, { kind: 'leave', name: 'kvm_set_memslot', ret: 0n }],
    ['where it ends, without its name', `${head} + 42.339 us   |  }`, { kind: 'leave', name: '', ret: undefined }],
    ['of a whole call', `${head} + 42.339 us   |        kvm_mmu_invalidate_mmio_sptes(); /* ret=0x0 */`, { kind: 'call', name: 'kvm_mmu_invalidate_mmio_sptes', ret: 0n, took: 42.339 }],
    ['of a call that fails', `${head}   9.027 us    |      kvm_mmu_faultin_pfn(); /* ret=-14 */`, { kind: 'call', name: 'kvm_mmu_faultin_pfn', ret: -14n }],
    ['of a call with its arguments, as newer kernels print them', `${head}   9.027 us    |      kvm_mmu_faultin_pfn(vcpu=0x1, access=7); /* ret=0x1 */`, { kind: 'call', name: 'kvm_mmu_faultin_pfn', ret: 1n }],
    ['of a value as older kernels print it', `${head}   9.027 us    |      } /* kvm_gmem_get_pfn = -133 */`, { kind: 'leave', name: 'kvm_gmem_get_pfn', ret: -133n }],
    ['of a pointer', `${head}   9.027 us    |      kvm_gmem_unbind(); /* ret=0xffff88817bd29700 */`, { kind: 'call', ret: BigInt.asIntN(64, 0xffff88817bd29700n) }],
    ['of an event', `${head}               |  /* kvm_entry: vcpu 0, rip 0x1010 */`, { kind: 'event', name: 'kvm_entry', fields: 'vcpu 0, rip 0x1010' }],
    ['with flags', '   10.646932 |   1)   record-74    |  d..1. |               |  kvm_vm_ioctl() {', { kind: 'enter', name: 'kvm_vm_ioctl' }],
  ])('%s', (_what, line, expected) => {
    const { form, records } = readFtrace('x.txt', graph(line));
    expect(form).toBe('function graph');
    expect(records[0]).toMatchObject({ line: 3, task: 'record-74', cpu: 1, time: 10646932, ...expected });
  });

  test('that marks a task switch or an interrupt is no entry, and counted', () => {
    const { records, otherLines } = readFtrace('x.txt', graph(' ------------------------------------------', ' 1)   record-177   =>   record-178  ', ' ------------------------------------------', '',
      '   1.000001 |   1)   a-1    |   ==========> |', `${head}               |  kvm_vm_ioctl() {`));
    expect(records).toHaveLength(1);
    expect(otherLines).toBe(8);
  });
});

describe('the flow of a trace', () => {
  const call = (time: string, cpu: number, task: string, body: string, took = ''): string => `   ${time} |   ${cpu})   ${task}    | ${took.padEnd(13)} |  ${body}`;

  test('puts the return of a call in one line behind what happened meanwhile on other CPUs, and before what comes next on its own', () => {
    const flow = flowOf(readFtrace('x.txt', graph(
      call('1.000100', 0, 'a-1', 'outer() {'), call('1.000110', 0, 'a-1', '  flush(); /* ret=0x1 */', '+ 50.000 us'),
      call('1.000120', 1, 'b-2', 'other();', '1.000 us'), call('1.000130', 1, 'b-2', '/* kvm_exit: vcpu 0 */'),
      call('1.000200', 1, 'b-2', '/* kvm_entry: vcpu 0 */'), call('1.000210', 0, 'a-1', '} /* outer ret=0x0 */', '+ 110.000 us'),
    )));
    expect(flow.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'enter outer', 'enter flush', 'enter other', 'leave other', 'event kvm_exit', 'leave flush', 'event kvm_entry', 'leave outer',
    ]);
    expect(flow.map(({ partner }) => partner)).toEqual([7, 5, 3, 2, -1, 1, -1, 0]);
    expect(flow[5]!.ret).toBe(1n);
  });

  test('knows calls that begin before the trace or end behind it', () => {
    const flow = flowOf(readFtrace('x.txt', graph(call('1.0', 0, 'a-1', '} /* before ret=0x0 */'), call('1.1', 0, 'a-1', 'behind() {'))));
    expect(flow.map(({ kind, name, partner }) => [kind, name, partner])).toEqual([['leave', 'before', -1], ['enter', 'behind', -1]]);
  });

  test('of each recorded trace has an end for every beginning', () => {
    for (const name of CASES) {
      const flow = flowOf(readFtrace(name, textOf(name, 'fgraph')));
      expect(flow.filter(({ kind }) => kind === 'enter').length).toBe(flow.filter(({ kind }) => kind === 'leave').length);
      expect(flow.filter(({ kind, partner }) => kind !== 'event' && partner < 0)).toEqual([]);
    }
  });
});

describe('a trace that cannot be read', () => {
  test.each([
    ['nothing', '', 'x.txt: has no line of a kernel trace'],
    ['another text', 'Dear Sir,\nI have no trace.\n', 'x.txt: has no line of a kernel trace'],
    ['comments alone', '# tracer: nop\n#\n', 'x.txt: has no entries'],
    ['a line of another form', events('  a-1 [000] ..... 1.0: kvm_entry: vcpu 0', 'a line'), "x.txt:4: 'a line' is no line of a trace of events"],
    ['a function graph without times', graph('   1.0 |   0)   a-1    |               |  f() {', ' 0)               |  }'), 'x.txt:4: \'0)               |  }\' lacks the time or the task; record with the options funcgraph-abstime and funcgraph-proc'],
    ['a body that is nothing', graph('   1.0 |   0)   a-1    |               |  f( {'), 'x.txt:3: what stands behind the last bar is neither a function, nor its end, nor an event: \'f( {\''],
    ['an end of another function', graph('   1.0 |   0)   a-1    |               |  f() {', '   1.1 |   0)   a-1    |               |  } /* g ret=0x0 */'), "x.txt:4: ends 'g', but the function that is open in a-1 is 'f' (line 3)"],
    ['a line without end', `x${'y'.repeat(5000)}`, 'x.txt:1: has 5001 characters, which no line of a kernel trace has'],
    ['lost events', events('  a-1 [000] ..... 1.0: kvm_entry: vcpu 0', 'CPU:1 [LOST 345 EVENTS]'), 'x.txt:4: 345 events were lost here, so the trace cannot be judged; record it again with a larger buffer'],
  ])('is told why: %s', (_what, text, expected) => {
    expect(problem(text)).toContain(expected);
  });

  test('never ends in anything but a sentence', () => {
    const seed = textOf('conv-roundtrip', 'fgraph').split('\n').slice(0, 60);
    fc.assert(fc.property(fc.array(fc.record({ line: fc.nat(59), at: fc.nat(200), what: fc.string({ maxLength: 12 }) }), { maxLength: 5 }), (changes) => {
      const lines = [...seed];
      for (const { line, at, what } of changes) lines[line] = `${lines[line]!.slice(0, at)}${what}${lines[line]!.slice(at + what.length)}`;
      expect(typeof problem(lines.join('\n'))).toBe('string');
    }), { numRuns: 300 });
  });
});
