// Steps made by hand for what no run has: a hypercall with arguments that no number of JavaScript can keep, steps that are far apart, a
// message of great length.

import { GUEST, INSTRUCTION } from '../../src/memory/code.ts';
import type { Exporter, ExportRun } from '../../src/export/exporter.ts';
import type { StepEvent } from '../../src/runtime/events.ts';
import type { Exported } from './exported-parts.ts';
import { gathered } from './exported-parts.ts';
import type { TraceHeader } from '../../src/trace/header.ts';

/** Arguments of the hypercall. */
export const WIDE_VALUES = [0xffff_ffff_8123_4567n, 0x8000_0000_0000_0001n, 0x7fff_ffff_ffff_ffffn] as const;

const code = Int32Array.from({ length: INSTRUCTION }, () => 0);
code[0] = GUEST.HYPERCALL;
code[1] = 12;
WIDE_VALUES.forEach((value, i) => {
  code[2 + 2 * i] = Number(BigInt.asIntN(32, value));
  code[3 + 2 * i] = Number(BigInt.asIntN(32, value >> 32n));
});
const actors = [{ name: 'vcpu0', machine: 'vcpu', vcpu: 0, code: [...code] }, { name: 'cpu0', machine: 'vmm', vcpu: -1, code: [] }];

const step = (number: number, actor: string, more: Partial<StepEvent> = {}): StepEvent =>
  ({ step: number, actor, machine: actor === 'vcpu0' ? 'vcpu' : 'vmm', state: 'call.run.guest', name: 'guest.execute', outcome: 'ok', to: 'call.run.guest', reads: [], writes: [], messages: [], ...more });

/** Three steps: their events are at 1, 300,000 and 2,000,000,000. */
const STEPS: readonly StepEvent[] = [
  step(1, 'vcpu0', { outcome: 'hypercall', reads: [{ object: 'frame', at: { actor: 'vcpu0' }, field: 'pc', value: 0 }] }),
  step(300_000, 'vcpu0', { messages: [{ step: 300_000, from: 'vcpu0', to: 'cpu0', message: 'reply', content: { text: 'x'.repeat(5000) } }] }),
  step(2_000_000_000, 'vcpu0'),
];

/** The export of these. */
export function wideExport(exporter: Exporter): Exported {
  const run = { topology: { actors, gfns: [] } } as unknown as ExportRun;
  const header = { format: 2, faultline: 'test', runtime: 'simulate', kernel: 'v6.8', scenario: { name: 'wide' }, seed: 1, fingerprint: '', leaves: 0, outcomes: [], start: '' } satisfies TraceHeader;
  return gathered((parts) => exporter.open(header, actors, run, parts), function* events() {
    yield* STEPS;
    return undefined;
  });
}
