// Cases for reports with everything that a format must escape, and each way in which a case can end.

import type { ReportedCase } from '../../src/report/report.ts';

const found = {
  kind: 'safety', id: 'S-01', title: 'an SPTE maps what the file has', statement: 'If an SPTE maps a page, that page is in the cache.',
  sentence: 'the SPTE of gfn 0 maps pfn 1 & "index" 0 <of inode 1> has no page',
  text: 'S-01 broken: a < b && "c" > \'d\', 100% sure\r\n> 12  fault.map: fixed   |\n\u0000 and \u001b[31m and ]]> and ```', command: "npx --no faultline explore 'my scenario.json' --kernel ./my-patch.ts", hash: '00112233445566ff',
  place: { machine: 'vcpu', fragment: 'mmu.fault', state: 'map', step: 'fault.map', file: './patches/my patch,1.ts', line: 7 },
} as const;

/** Four cases: failed, known only, inconclusive, held. */
export const CASES: readonly ReportedCase[] = [
  {
    scenario: 'mine', kernel: 'my-patch', file: 'scenarios/mine.json', strategy: 'exhaustive', seconds: 1.5, command: found.command, inconclusive: [],
    findings: [
      found,
      { kind: 'deadlock', id: 'L-04', sentence: 'main and hw wait for each other.', text: 'L-04 deadlock', command: found.command },
      { ...found, known: 'being worked on: 50%, "soon"', hash: 'ffffffffffffffff', place: undefined },
    ],
  },
  {
    scenario: 'mine', kernel: 'v6.8', file: 'scenarios/mine.json', strategy: 'exhaustive', seconds: 0.25, command: 'npx --no faultline explore mine', inconclusive: [],
    findings: [{ ...found, known: 'it is in the file of known findings', place: { machine: 'vcpu', fragment: 'mmu.fault', state: 'map', step: 'fault.map' } }],
  },
  { scenario: 'SC16', kernel: 'v6.8', strategy: 'random', seconds: 60, command: 'npx --no faultline explore SC16', inconclusive: ['it was cut at its limit of 1,000 states; raise it with --states', 'S-03 was never exercised'], findings: [] },
  { scenario: 'SC01', kernel: 'v6.8', strategy: 'exhaustive', seconds: 0.0004, command: 'npx --no faultline explore SC01', inconclusive: [], findings: [] },
];
