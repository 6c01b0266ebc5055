// The private file of 2022 with its known bugs mended, each by its own small patch.

import { deriveKernel } from '../../src/kernel/define.ts';
import { together } from './fix.ts';
import { privateOpsFixes } from './fixes/private-ops-2022.ts';
import { private_ops_2022 } from './private-ops-2022.ts';

export const private_ops_2022_fixed = deriveKernel(private_ops_2022, together('private-ops-2022-fixed', 'The private file of 2022 with its known bugs mended', privateOpsFixes));
