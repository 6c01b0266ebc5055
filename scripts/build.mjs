// npm run build: everything into dist.

import { build, install } from './setup.mjs';

install();
await build();
