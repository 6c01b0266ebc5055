// Finds every known bug of every kernel, and writes what comes of it into BUGS_FOUND.md; --check only compares.

import { join } from 'node:path';
import { put } from './marked.mjs';
import { build, install, root } from './setup.mjs';

install();
await build();
const { gallery, todayTable } = await import(join(root, 'dist/src/explore/bugs/gallery.js'));

put('BUGS_FOUND.md', 'bugs of today', todayTable(), 'node scripts/bugs-found.mjs');
put('BUGS_FOUND.md', 'gallery', gallery(), 'node scripts/bugs-found.mjs');
