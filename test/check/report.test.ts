import { describe, expect, it } from 'vitest';
import { end, fragment, step } from '../../machines/fragment.ts';
import { reportText, stepText, type ReportedStep } from '../../src/check/report.ts';
import { tabulate } from '../../src/kernel/table.ts';
import { ok, outcome } from '../../src/memory/outcome.ts';

const fixed = outcome('fixed');
const table = tabulate([{ machine: 'm', root: 'r' }], new Map([['r', fragment('r', 'a machine', {
  look: step('fault.testStale', 'looks', { ok: 'map' }), map: step('fault.map', 'maps', { fixed: 'end', ok: 'end' }), end,
})]]));
const steps: ReportedStep[] = [
  { actor: 1, leaf: 0, outcome: ok }, { actor: 3, leaf: 0, outcome: ok, choice: 1, choices: 3 }, { actor: 1, leaf: 1, outcome: fixed },
];
const options = {
  violation: { id: 'S-01', sentence: 'the SPTE of gfn 5 maps pfn 3, which is in no page cache, and no invalidation is about to zap it' },
  kernel: 'v6.8', scenario: 'SC01', table, actors: [{ name: 'vcpu0' }, { name: 'irq0' }, { name: 'main' }], steps,
};

describe('the report of a violation', () => {
  it('is one sentence, the schedule, the step that broke it, the command that repeats it', () => {
    expect(reportText({ ...options, statement: 'No use after truncation.', commands: ['npx faultline replay traces/last.trace'] })).toBe(`\
S-01 broken: the SPTE of gfn 5 maps pfn 3, which is in no page cache, and no
invalidation is about to zap it.

  No use after truncation.

kernel v6.8, scenario SC01, step 3

     vcpu0             main
  1  fault.testStale   |
  2  |                 fault.testStale (2 of 3)
> 3  fault.map: fixed  |

To repeat it:
  npx faultline replay traces/last.trace
`);
  });

  it('prints the last steps of a long run, and says how many it leaves out', () => {
    const text = reportText({ ...options, at: 1203, most: 2 });
    expect(text).toContain('step 1203; the 1201 steps before are left out');
    expect(text).toContain('  1202  |                 fault.testStale (2 of 3)\n> 1203  fault.map: fixed  |\n');
    expect(text).not.toContain('1201  ');
  });

  it('breaks a long command so that a shell still takes it, and stays within 78 columns', () => {
    const command = `npx faultline run SC01 ${'--option value '.repeat(8).trim()}`;
    const text = reportText({ ...options, commands: [command] });
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(78);
    const printed = text.slice(text.indexOf('To repeat it:\n') + 'To repeat it:\n'.length);
    expect(printed.replaceAll(' \\\n', ' ').replaceAll(/\s+/g, ' ').trim()).toBe(command);
  });

  it('names outcomes that say something, and choices as people count them', () => {
    expect(stepText(table, { actor: 1, leaf: 1, outcome: fixed })).toBe('fault.map: fixed');
    expect(stepText(table, { actor: 1, leaf: 1, outcome: ok, choice: -1, choices: 0 })).toBe('fault.map');
  });
});
