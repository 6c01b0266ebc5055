// Writes dist/scenario.schema.json, the JSON Schema of scenario files, for editors. Runs behind every build.

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const { scenarioJsonSchema } = await import(pathToFileURL(join(dist, 'src/scenario/schema.js')).href);
const { everyCall } = await import(pathToFileURL(join(dist, 'machines/kernels/index.js')).href);

writeFileSync(join(dist, 'scenario.schema.json'), `${JSON.stringify(scenarioJsonSchema(everyCall), null, 1)}\n`);
