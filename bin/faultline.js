#!/usr/bin/env node
// The command. Its first lines run on any Node, so that one that is too old is told so in a sentence.

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`faultline: needs Node 20.19 or newer, this is ${process.versions.node}; install one from https://nodejs.org\n`);
  process.exit(2);
}

import('../dist/bundle/src/cli/main.js').then(
  ({ main }) => main(process.argv.slice(2), new URL('../dist/bundle/tables/', import.meta.url)).then((code) => { process.exitCode = code; }),
  (error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    process.stderr.write('faultline: is not built yet; run npm start once\n');
    process.exitCode = 2;
  },
);
