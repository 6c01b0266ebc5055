// Property tests draw the same cases in every run, so that a green run stays green; FC_SEED=n draws others.

import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['FC_SEED'] ?? 1) });
