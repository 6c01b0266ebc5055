// CTF, read back by babeltrace2 and held against the archive: every event, in its order, with all fields.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ctf } from '../../src/export/ctf.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { allEvents, archivedEvents, ofLaboratory, type Expected } from '../support/expected-events.ts';
import { exportedParts, type Exported } from '../support/exported-parts.ts';
import { missingTool, printedBy } from '../support/foreign-tools.ts';
import { ENDLESS, M02, record, SC01 } from '../support/recorded.ts';
import { invariants } from '../../src/check/invariants/index.ts';
import { wideExport, WIDE_VALUES } from '../support/wide.ts';

const missing = missingTool('babeltrace2');
const folder = mkdtempSync(join(tmpdir(), 'faultline-ctf-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let next = 0;

function written({ parts, bytes }: Exported): string {
  expect(bytes.length).toBe(0);
  const place = join(folder, String(next++));
  mkdirSync(place);
  for (const [name, content] of parts) writeFileSync(join(place, name), content);
  return place;
}

/** Events as babeltrace2 prints them: `[cycles] (+delta) system:name: { cpu_id = 1 }, { actor = "a" }, { field = value, … }`. */
function read(exported: Exported): Expected[] {
  return printedBy('babeltrace2', ['--clock-cycles', written(exported)]).trimEnd().split('\n').map((line) => {
    const [, cycles, name, actor, rest] = /^\[(\d+)\] \(\S+\) faultline:(\w+): \{ cpu_id = \d+ \}, \{ actor = "(.*?)" \}, \{ (.*) \}$/.exec(line)!;
    const fields = [...rest!.matchAll(/(\w+) = (?:"((?:\\.|[^"\\])*)"|(-?\d+))/g)].map(([, field, text, number]) => [field!, text === undefined ? BigInt(number!) : JSON.parse(`"${text}"`) as string] as const);
    return { actor: actor!, step: BigInt(cycles!), name: name!, fields: Object.fromEntries(fields) };
  });
}

describe('babeltrace2', () => {
  it('is there on CI', () => {
    if (missing !== undefined) process.stderr.write(`what babeltrace2 reads is left out: ${missing}\n`);
    expect(process.env['CI'] === 'true' ? missing : undefined).toBeUndefined();
  });
});

describe.skipIf(missing !== undefined)(`babeltrace2${missing === undefined ? '' : ` (left out: ${missing})`}`, () => {
  it('finds the steps and messages of the archive, and the events of the kernel between them', async () => {
    const scenario = builtinScenario('stress')!;
    const recorded = await record(scenario, { limits: { steps: 3000 } });
    const found = read(exportedParts(ctf, recorded, scenario));
    expect(ofLaboratory(found)).toEqual(archivedEvents(recorded, scenario));
    expect(found).toEqual(allEvents(recorded, scenario));
    expect(new Set(found.map(({ name }) => name)).size).toBeGreaterThan(6);
  });

  it('reads many packets of each stream', async () => {
    const recorded = await record(ENDLESS, { limits: { steps: 20_000 } });
    const exported = exportedParts(ctf, recorded, ENDLESS);
    expect(ofLaboratory(read(exported))).toEqual(archivedEvents(recorded, ENDLESS));
  });

  it('tells what the trace is of, and how it ended', async () => {
    const recorded = await record(SC01, { kernel: M02, seed: 3, invariants });
    const { parts } = exportedParts(ctf, recorded);
    const metadata = parts.get('metadata')!.toString();
    expect(metadata).toMatch(/^\/\* CTF 1\.8 \*\/\n/);
    expect(metadata).toContain('kernel = "M02";');
    expect(metadata).toContain(`ended = "${recorded.footer.why}";`);
    expect([...parts.keys()].filter((name) => !/^stream_\d+$/.test(name))).toEqual(['metadata']);
  });

  it('keeps all 64 bits, times that are far apart and texts of any length', () => {
    const found = read(wideExport(ctf));
    expect(found.map(({ step }) => step)).toEqual([1n, 1n, 1n, 300_000n, 300_000n, 2_000_000_000n]);
    expect(found.find(({ name }) => name === 'kvm_hypercall')!.fields).toMatchObject({ a0: WIDE_VALUES[0], a1: WIDE_VALUES[1], a2: WIDE_VALUES[2] });
    expect(found.find(({ name }) => name === 'faultline_message')!.fields['content']).toBe(JSON.stringify({ text: 'x'.repeat(5000) }));
  });
});
