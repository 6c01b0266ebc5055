// npm test: sets itself up, lints, checks the types of the tests, runs them all. Arguments go to vitest: npm test -- test/trace

import { build, install, node, tool } from './setup.mjs';

install();
await build();
const lint = node(tool('oxlint/bin/oxlint'), '--deny-warnings', 'src', 'machines', 'workers', 'test', 'scripts', 'bin');
const types = lint === 0 ? node(tool('typescript/bin/tsc'), '-p', 'test') : 0;
process.exitCode = lint || types || node(tool('vitest/vitest.mjs'), 'run', ...process.argv.slice(2));
