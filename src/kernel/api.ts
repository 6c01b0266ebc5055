// What the file of a kernel is made of: all of this it may import from 'faultline', on the command line and in a page alike.

// Kernels: made from nothing, or as the difference from a neighbour.
export { defineKernel } from './define.ts';
export { deriveKernel } from './derive.ts';
export type { Initialise, Kernel, KernelDifference, KernelSpec, KnownBug } from './define.ts';
export type { Editor, FragmentEdit } from './edit.ts';
export { kernels, DEFAULT_KERNEL, weakened } from '../../machines/kernels/index.ts';

// Statecharts: fragments of leaves, each of which executes one step.
export { end, fragment, step, use } from '../../machines/fragment.ts';
export type { Fragment, Leaf, LeafOptions, State, States, Targets, Use } from '../../machines/fragment.ts';

// Steps: pure functions over memory that answer an outcome, or what they are blocked on.
export { blocked, more, ok, outcome, queued } from '../memory/outcome.ts';
export { arg, arg64 } from '../memory/calls.ts';
export type { Argument, Call } from '../memory/calls.ts';
export { readOnce } from './read-once.ts';
export { allocationFails } from '../steps/folio.ts';
export { floorTo, orderOf, sharedAt } from '../steps/huge-file.ts';
export type { Wanted } from '../steps/huge-file.ts';
export { sizedSteps } from '../steps/huge-restructure.ts';
export type { Choose, Config, Facts, Frame, Step, World, WorldOf } from '../memory/world.ts';

// The state of a file's pages, where kernels convert in place.
export { shareabilityAt, storeMerged, withShareability } from '../steps/shareability.ts';
export { SHAREABILITY_ALL, SHAREABILITY_GUEST, SHAREABILITY_PREPARED } from '../memory/layouts/shareability.ts';

// Objects and registers of a kernel's own.
export { frame, layout } from '../memory/layout.ts';
export type { FrameLayout, Layout, Registers, View } from '../memory/layout.ts';

// Scenarios: functions that write them, typed.
export * from '../scenario/builder.ts';

// Invariants.
export { invariants } from '../check/invariants/index.ts';
export type { Invariant } from '../check/invariant.ts';
export type { CheckedWorld } from '../check/checked-world.ts';
export type { Violation } from '../check/violation.ts';
