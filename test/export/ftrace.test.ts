// ftrace text, read back by another reader and held against the archive: every step, every word written, every message, in order.

import { describe, expect, test } from 'vitest';
import { v6_18 } from '../../machines/kernels/v6.18.ts';
import { ftrace } from '../../src/export/ftrace.ts';
import { call, createGmem, prefault, scenario, setAttributes, slot, write } from '../../src/scenario/builder.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import type { Scenario } from '../../src/scenario/types.ts';
import { archived, exported } from '../support/exported.ts';
import { KERNEL_EVENTS, kernelFields, readFtrace, type FtraceLine } from '../support/ftrace-text.ts';
import { ENDLESS, record, SC01, type RecordOptions } from '../support/recorded.ts';

const own = (lines: readonly FtraceLine[], event: string): FtraceLine[] => lines.filter((line) => line.event === event);
const kernels = (lines: readonly FtraceLine[]): FtraceLine[] => lines.filter(({ event }) => !event.startsWith('faultline_'));
const fields = (text: string): Record<string, string> => Object.fromEntries([...text.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name!, value!]));

async function linesOf(what: Scenario | string, options: RecordOptions = {}): Promise<FtraceLine[]> {
  const it = typeof what === 'string' ? builtinScenario(what)! : what;
  return readFtrace(exported(ftrace, await record(it, options), it));
}

describe('the events of the laboratory', () => {
  test('are the steps of the archive, in its order', async () => {
    const recorded = await record(ENDLESS, { limits: { steps: 2000 } });
    const steps = archived(recorded, ENDLESS);
    const lines = readFtrace(exported(ftrace, recorded, ENDLESS));
    expect(own(lines, 'faultline_step').map(({ comm, time, text }) => ({ actor: comm, time, ...fields(text) }))).toEqual(steps.map((one) => ({
      actor: one.actor, time: one.step, step: String(one.step), machine: one.machine, state: one.state, name: one.name, outcome: one.outcome, to: one.to,
      ...(one.choice === undefined ? {} : { choice: `${one.choice}/${one.choices}` }),
    })));
  });

  test('are the writes and the messages of the archive', async () => {
    const recorded = await record();
    const steps = archived(recorded);
    const lines = readFtrace(exported(ftrace, recorded));
    expect(own(lines, 'faultline_write').map(({ time, text }) => ({ time, ...fields(text) }))).toEqual(steps.flatMap(({ step, writes }) => writes.map(({ object, at, field, element, old, value, text }) => ({
      time: step, object, at: Object.entries(at).map(([name, index]) => `${name}:${index}`).join(',') || '-', field: element === undefined ? field : `${field}[${element}]`,
      old: String(old), value: String(value), ...(text === undefined ? {} : { text: JSON.stringify(text).split(' ')[0]! }),
    }))));
    expect(own(lines, 'faultline_message').map(({ text }) => ({ ...fields(text.split(' content=')[0]!), content: JSON.parse(text.split(' content=')[1]!) as unknown })))
      .toEqual(steps.flatMap(({ messages }) => messages.map(({ from, to, message, content }) => ({ from, to, message, content }))));
  });

  test('no other event has their names', () => {
    expect(Object.keys(KERNEL_EVENTS).filter((name) => name.startsWith('faultline'))).toEqual([]);
  });
});

describe('the events of the kernel', () => {
  test.each(['SC01', 'SC10', 'SC11', 'SC12', 'SC13', 'SC19', 'SC24', 'SC29'])('have its line forms: %s', async (name) => {
    const lines = kernels(await linesOf(name));
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) kernelFields(line);
  });

  test('have them on the newest kernel too', async () => {
    const lines = kernels(await linesOf('stress-small', { kernel: v6_18, limits: { steps: 3000 } }));
    expect(lines.length).toBeGreaterThan(20);
    for (const line of lines) kernelFields(line);
  });

  test('every entry has its exit, every violation its page fault, every KVM_RUN its answer', async () => {
    const recorded = await record(ENDLESS, { limits: { steps: 5000 } });
    const lines = readFtrace(exported(ftrace, recorded, ENDLESS));
    const order = lines.filter(({ event }) => ['kvm_entry', 'kvm_exit', 'kvm_page_fault'].includes(event))
      .map((line) => (line.event === 'kvm_exit' ? kernelFields(line)['reason']! : line.event)).join(' ');
    expect(order).toMatch(/^(?:kvm_entry (?:EPT_VIOLATION kvm_page_fault|EXTERNAL_INTERRUPT) ?)+(?:kvm_entry ?(?:\w+)?)?$/);
    const changed = lines.filter(({ event }) => event === 'kvm_tdp_mmu_spte_changed').map((line) => ({ time: line.time, ...kernelFields(line) }));
    const written = archived(recorded, ENDLESS).flatMap(({ step, writes }) => writes.filter(({ object, field, old, value }) => object === 'spte' && field === 'pfn' && old !== value)
      .map(({ at, old, value }) => ({ step, gfn: at['gfn'], old, value })));
    expect(written.length).toBeGreaterThan(10);
    expect(changed.map(({ time }) => time)).toEqual(written.map(({ step }) => step));
    expect(changed.map((one) => Number.parseInt((one as unknown as { new: string }).new, 16) >> 12)).toEqual(written.map(({ value }) => value));
  });

  test('addresses keep all their bits', async () => {
    const far = '0xffffffffff';
    const high = scenario({
      name: 'high', vms: [{ vcpus: [{ program: [write(far, 7), { op: 'map_gpa_range', gpa: '0xfffffffffffff000', npages: 1, attributes: 16 }] }] }],
      setup: [createGmem('A', 1), slot(0, far, 1, { fd: 'A' }), setAttributes(far, 1, 'private')],
      threads: [{ name: 'main', program: [call('set_attributes', { gpa: '0xfffffffffffff000', size: 4096, attributes: 8, expect: 'EINVAL' })] }],
    } as Scenario);
    const lines = await linesOf(high);
    const told = (event: string): Record<string, string>[] => own(lines, event).map(kernelFields);
    expect(told('kvm_page_fault').map(({ address }) => address)).toContain('000ffffffffff000');
    expect(told('kvm_tdp_mmu_spte_changed').at(-1)).toMatchObject({ gfn: 'ffffffffff' });
    expect(told('kvm_hypercall')).toEqual([{ nr: 'c', a0: 'fffffffffffff000', a1: '1', a2: '10' }]);
    expect(own(lines, 'faultline_message').map(({ text }) => text).join('\n')).toContain('"gpa":"0xfffffffffffff000"');
  });

  test('an access without a memslot is MMIO', async () => {
    const lines = await linesOf(scenario({ name: 'mmio', vms: [{ vcpus: [{ program: [write(5, 1)] }] }], threads: [] }));
    expect(own(lines, 'kvm_mmio').map(kernelFields)).toEqual([{ kind: 'write', gpa: '5000' }]);
    expect(own(lines, 'kvm_userspace_exit').map(kernelFields)[0]).toEqual({ reason: 'KVM_EXIT_MMIO', number: '6' });
  });

  test('a memory error is told with what came of it', async () => {
    const told = (await linesOf('SC24')).filter(({ event }) => event === 'memory_failure_event').map(kernelFields);
    expect(told.length).toBeGreaterThan(0);
    expect(told[0]).toMatchObject({ page: 'clean unevictable LRU page', result: 'Failed' });
  });

  test('a prefault is no page fault: it tells what it asked the MMU for', async () => {
    const lines = await linesOf(scenario({
      name: 'prefault', vms: [{ vcpus: [{ program: [] }] }], setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private')],
      threads: [{ name: 'main', program: [prefault(0, 0, 1)] }],
    }), { kernel: v6_18 });
    const events = kernels(lines).map(({ event }) => event);
    expect(events).not.toContain('kvm_page_fault');
    expect(events).toEqual(expect.arrayContaining(['kvm_mmu_spte_requested', 'kvm_tdp_mmu_spte_changed']));
  });
});

test('it says of what it is, and of a part no end', async () => {
  const recorded = await record();
  const text = exported(ftrace, recorded);
  expect(text).toMatch(/^# tracer: nop\n#\n# faultline 1: a run of the laboratory.* Model: v6\.8, scenario: SC01, /);
  expect(text).toMatch(new RegExp(`# ended: finished, behind step ${recorded.result.steps}\n$`));
  const part = readFtrace(exported(ftrace, recorded, SC01, 10, 12));
  expect(own(part, 'faultline_step').map(({ time }) => time)).toEqual([10, 11, 12]);
});
