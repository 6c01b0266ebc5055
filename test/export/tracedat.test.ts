// trace.dat, read back by trace-cmd and held against the archive: every event, in its order, with all fields.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CONVERSION } from '../../src/export/kvm-forms.ts';
import { tracedat } from '../../src/export/tracedat.ts';
import type { Scenario } from '../../src/scenario/types.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { allEvents, archivedEvents, kindNamed, ofLaboratory, type Expected } from '../support/expected-events.ts';
import { exportedParts } from '../support/exported-parts.ts';
import { missingTool, printedBy } from '../support/foreign-tools.ts';
import { ENDLESS, record, SC01, type Recorded } from '../support/recorded.ts';
import { wideExport, WIDE_VALUES } from '../support/wide.ts';

const missing = missingTool('trace-cmd');
const folder = mkdtempSync(join(tmpdir(), 'faultline-tracedat-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function report(bytes: Uint8Array, ...args: string[]): string[] {
  const file = join(folder, 'trace.dat');
  writeFileSync(file, bytes);
  return printedBy('trace-cmd', ['report', ...args, '-i', file]).trimEnd().split('\n');
}

/** Events of `trace-cmd report -R`: fields by name, printed as the conversions of the event's form say. */
function read(lines: readonly string[]): Expected[] {
  return lines.filter((line) => !line.startsWith('cpus=')).map((line) => {
    const [, actor, pid, cpu, seconds, micros, name, text] = /^ *(\S+)-(\d+) +\[(\d+)\] +(\d+)\.(\d{6}): (\w+): +(.*)$/.exec(line)!;
    expect(Number(pid)).toBe(Number(cpu) + 1);
    const { fields, form } = kindNamed(name!);
    const values = new RegExp(`^${fields.map((field) => `${field.name}=(.*?)`).join(' ')}$`).exec(text!)!.slice(1);
    const conversions = [...form.matchAll(CONVERSION)].map(([, , conversion]) => conversion!);
    return {
      actor: actor!, step: BigInt(seconds!) * 1_000_000n + BigInt(micros!), name: name!,
      fields: Object.fromEntries(fields.map((field, i) => {
        const value = values[i]!;
        return [field.name, field.type === 'string' ? value : BigInt(conversions[i]!.endsWith('x') && !value.startsWith('0x') ? `0x${value}` : value)];
      })),
    };
  });
}

const dat = (recorded: Recorded, scenario: Scenario = SC01): Buffer => exportedParts(tracedat, recorded, scenario).bytes;

describe('trace-cmd', () => {
  it('is there on CI', () => {
    if (missing !== undefined) process.stderr.write(`what trace-cmd reads is left out: ${missing}\n`);
    expect(process.env['CI'] === 'true' ? missing : undefined).toBeUndefined();
  });
});

describe.skipIf(missing !== undefined)(`trace-cmd report${missing === undefined ? '' : ` (left out: ${missing})`}`, () => {
  it('finds the steps and messages of the archive, and the events of the kernel between them', async () => {
    const scenario = builtinScenario('stress')!;
    const recorded = await record(scenario, { limits: { steps: 3000 } });
    const found = read(report(dat(recorded, scenario), '-R'));
    expect(ofLaboratory(found)).toEqual(archivedEvents(recorded, scenario));
    expect(found).toEqual(allEvents(recorded, scenario));
    expect(new Set(found.map(({ name }) => name)).size).toBeGreaterThan(6);
  });

  it('prints the line forms of the kernel', async () => {
    const text = report(dat(await record())).join('\n');
    expect(text).toMatch(/ vcpu0-1 +\[000\] +\d\.\d{6}: kvm_entry: +vcpu 0, rip 0x0\n/);
    expect(text).toMatch(/: kvm_exit: +vcpu 0 reason EPT_VIOLATION rip 0x0 info1 0x0000000000000182 info2 0x0000000000000000 intr_info 0x00000000 error_code 0x00000000\n/);
    expect(text).toMatch(/: faultline_message: +step=\d+ from=main to=main\.gmem message=fallocate content=\{"fd":0,"mode":3,"offset":0,"length":4096\}\n/);
  });

  it('filters by fields', async () => {
    const recorded = await record();
    const lines = report(dat(recorded), '-F', 'faultline/faultline_step: outcome == "stale"');
    expect(lines.filter((line) => line.includes('faultline_step')).length).toBe(archivedEvents(recorded).filter(({ fields }) => fields['outcome'] === 'stale').length);
  });

  it('reads many pages of each CPU, with a CPU that sleeps for long', async () => {
    const recorded = await record(ENDLESS, { limits: { steps: 20_000 } });
    const found = read(report(dat(recorded, ENDLESS), '-R'));
    expect(ofLaboratory(found)).toEqual(archivedEvents(recorded, ENDLESS));
  });

  it('keeps all 64 bits, times that are far apart and texts that are too long', () => {
    const found = read(report(wideExport(tracedat).bytes, '-R'));
    expect(found.map(({ step }) => step)).toEqual([1n, 1n, 1n, 300_000n, 300_000n, 2_000_000_000n]);
    expect(found.find(({ name }) => name === 'kvm_hypercall')!.fields).toMatchObject({ a0: WIDE_VALUES[0], a1: WIDE_VALUES[1], a2: WIDE_VALUES[2] });
    expect(String(found[4]!.fields['content']).length).toBe(512);
  });
});
