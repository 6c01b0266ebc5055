// All built-in kernels, oldest first. A kernel is one file and one row here.

import type { Call } from '../../src/memory/calls.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import { fseal_2021 } from './fseal-2021.ts';
import { fseal_2021_fixed } from './fseal-2021-fixed.ts';
import { conversions_2025 } from './conversions-2025.ts';
import { conversions_2025_fixed } from './conversions-2025-fixed.ts';
import { conversions_2025_huge } from './conversions-2025-huge.ts';
import { conversions_2025_huge_fixed } from './conversions-2025-huge-fixed.ts';
import { conversions_2026 } from './conversions-2026.ts';
import { conversions_2026_fixed } from './conversions-2026-fixed.ts';
import { mainline } from './mainline.ts';
import { mainline_fixed } from './mainline-fixed.ts';
import { private_ops_2022 } from './private-ops-2022.ts';
import { private_ops_2022_fixed } from './private-ops-2022-fixed.ts';
import { rfcV11 } from './rfc-v11.ts';
import { rfcV11Fixed } from './rfc-v11-fixed.ts';
import { flippedAnswers, rfcV11Flipped, rfcV11Linked } from './rfc-v11-flipped.ts';
import { v6_12 } from './v6.12.ts';
import { v6_12_fixed } from './v6.12-fixed.ts';
import { v6_18 } from './v6.18.ts';
import { v6_18_fixed } from './v6.18-fixed.ts';
import { v6_8 } from './v6.8.ts';
import { v6_8_fixed } from './v6.8-fixed.ts';
import { v6_8_fixed_weak } from './v6.8-fixed-weak.ts';
import { v6_8_weak } from './v6.8-weak.ts';

export { weakened } from './memory-order/weak.ts';

export const kernels: readonly Kernel[] = [fseal_2021, private_ops_2022, rfcV11, rfcV11Flipped, v6_8, v6_8_fixed, v6_12, v6_18, mainline, conversions_2025, conversions_2025_huge, conversions_2026];

/** Other ones with their known bugs mended: there to be compared with, and to cut mutants from. */
export const fixedTwins: readonly Kernel[] = [fseal_2021_fixed, private_ops_2022_fixed, rfcV11Fixed, v6_12_fixed, v6_18_fixed, mainline_fixed, conversions_2025_fixed, conversions_2025_huge_fixed, conversions_2026_fixed];

/** What else was proposed. */
export const alternatives: readonly Kernel[] = [rfcV11Linked, ...flippedAnswers];

/** Those of 6.8, in the same order, on weakly ordered memory. */
export const weakKernels: readonly Kernel[] = [v6_8_weak, v6_8_fixed_weak];

/** Names of an argument's flags on any kernel. */
const flagsAnywhere = (call: string, argument: string): Readonly<Record<string, number>> =>
  Object.assign({}, ...kernels.flatMap(({ calls }) => calls.filter(({ name }) => name === call).flatMap((one) => one.arguments.filter(({ name }) => name === argument).map(({ flags }) => flags ?? {})))) as Record<string, number>;

/** The calls of all of them, each once, as the newest has it, but with the flags of all. */
export const everyCall: readonly Call[] = [...new Map(kernels.flatMap(({ calls }) => calls.map((call) => [call.name, call]))).values()].map((call) => ({
  ...call, arguments: call.arguments.map((one) => (one.flags === undefined ? one : { ...one, flags: flagsAnywhere(call.name, one.name) })),
}));

/** Everything that has a name, in the order of lists. */
export const everyKernel: readonly Kernel[] = [...kernels, ...alternatives, ...fixedTwins, ...weakKernels];

/** A built-in kernel by its name. */
export const builtinKernel = (name: string): Kernel | undefined => everyKernel.find((kernel) => kernel.name === name);

/** The kernel that commands take when none is named. */
export const DEFAULT_KERNEL = 'v6.8';
