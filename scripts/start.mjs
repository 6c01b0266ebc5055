// npm start: sets itself up, runs the default scenario, says what to try next. Whatever the run finds in a kernel is what it
// is for, not an error; only the laboratory's own failure is.

import { build, install, node, root } from './setup.mjs';
import { join } from 'node:path';

install();
await build();
const code = node(join(root, 'bin/faultline.js'), 'run', ...process.argv.slice(2));
if (code <= 5 && code !== 2) {
  console.log(`
           npx --no faultline list scenarios
           npx --no faultline --help`);
}
process.exitCode = code <= 5 && code !== 2 ? 0 : code;
