// npm test: sets itself up, lints, checks the types of the page and the tests, runs them all. Arguments go to vitest: npm test -- test/trace
// Ends with one line, `N passed, N failed`, which CI reads.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, install, node, tool } from './setup.mjs';

install();
await build();
const lint = node(tool('oxlint/bin/oxlint'), '--deny-warnings', 'src', 'machines', 'workers', 'bench', 'test', 'scripts', 'bin');
const types = lint === 0 ? node(tool('typescript/bin/tsc'), '-p', 'test') || node(tool('typescript/bin/tsc'), '-p', 'src/inspect/page') : 0;
const folder = mkdtempSync(join(tmpdir(), 'faultline-test-'));
try {
  const report = join(folder, 'report.json');
  const tests = node(tool('vitest/vitest.mjs'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2));
  process.exitCode = lint || types || tests;
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
  console.log(`${numPassedTests} passed, ${numFailedTests} failed${numPendingTests > 0 ? `, ${numPendingTests} skipped` : ''}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
