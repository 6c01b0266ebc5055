// Judges what Linux's own KVM selftests assert: the steps before the last one are set-up, whose results nobody asks for; what is expected
// is said of the last one.

import type { Kernel } from '../kernel/define.ts';
import { Bench } from './bench.ts';
import type { Mismatch } from './compare.ts';
import type { Machine } from './config.ts';
import { Context } from './context.ts';
import { unmet } from './expect.ts';
import { grouped, groupsBy } from './groups.ts';
import { worldFor } from './judge.ts';
import { SELFTESTS_SLOT } from './needs.ts';
import type { Outcome } from './outcome.ts';
import { isOf } from './ranges.ts';
import type { Fact, Result } from './recording.ts';
import { executeShared } from './shared-steps.ts';

export type FactVerdict =
  | { readonly kind: 'equal' }
  | { readonly kind: 'different'; readonly mismatches: readonly Mismatch[]; readonly got: Result }
  | { readonly kind: 'inapplicable'; readonly why: string }
  /** It is of other releases, or was never part of mainline. */
  | { readonly kind: 'elsewhere' };

export interface JudgedFact { readonly fact: Fact; readonly verdict: FactVerdict }

/** What facts require that the model has only where its kernel is built so; undefined: the model has it not at all. */
const REQUIRED: Readonly<Record<string, (config: Kernel['config'], kernel: Kernel) => boolean>> = {
  CONFIG_MEMORY_FAILURE: ({ memoryFailure }) => memoryFailure,
  KVM_CAP_PRE_FAULT_MEMORY: ({ prefault }) => prefault === true,
  'at least two NUMA nodes': (_config, { calls }) => calls.some(({ name }) => name === 'mbind'),
  'cap_flags bit 1': ({ gmemFlags = 0 }) => (gmemFlags & 2) !== 0,
};

/** Schedules in which a step of two lists at the same time is executed. */
const SCHEDULES = 40;

/** Judges facts on a kernel of this release. */
export function judgeFacts(facts: readonly Fact[], kernel: Kernel, machine: Machine, release: number): JudgedFact[] {
  const config = { ...kernel.config, ...machine.config };
  const verdicts = new Map<Fact, FactVerdict>();
  const own: Fact[] = [];
  for (const fact of facts) {
    const lacking = (fact.requires ?? []).find((one) => REQUIRED[one]?.(config, kernel) !== true);
    if (!isOf(fact, release, kernel.config)) verdicts.set(fact, { kind: 'elsewhere' });
    else if (lacking !== undefined) verdicts.set(fact, { kind: 'inapplicable', why: `requires ${lacking}` });
    else own.push(fact);
  }
  for (const members of grouped(own)) {
    const { needs, topology } = worldFor(members, kernel, { ...machine, hiddenSlot: true });
    const context = new Context(new Bench(kernel, topology), needs, machine);
    for (const [fact, verdict] of judgeTogether(members, context)) verdicts.set(fact, verdict);
  }
  return facts.map((fact) => ({ fact, verdict: verdicts.get(fact)! }));
}

/** Judges facts in a world that has room for them: what several of them begin with is executed once. */
export function judgeTogether(facts: readonly Fact[], context: Context): Map<Fact, FactVerdict> {
  const verdicts = new Map<Fact, FactVerdict>();
  const plain = facts.filter((fact) => !isConcurrent(fact));
  for (const fact of facts) if (isConcurrent(fact)) verdicts.set(fact, judgeFact(fact, context));
  for (const members of groupsBy(plain, hiddenSlotOf)) {
    begin(members[0]!, context, 1);
    executeShared(members, context, (fact, outcome) => verdicts.set(fact, verdictOf(fact, outcome)));
  }
  return verdicts;
}

const isConcurrent = ({ steps }: Fact): boolean => steps.some(({ op }) => op === 'concurrent');

/** A VM that selftests make with a vCPU has slot 0, with the guest's tables and code; one without has none. */
const hiddenSlotOf = ({ steps }: Fact): number => (steps.some(({ op }) => op === 'create_vcpu') ? SELFTESTS_SLOT : -1);

/** Judges one fact: under one schedule, or where things happen at the same time under several. */
export function judgeFact(fact: Fact, context: Context): FactVerdict {
  const schedules = isConcurrent(fact) ? SCHEDULES : 1;
  for (let seed = 1; seed <= schedules; seed++) {
    begin(fact, context, seed);
    let verdict: FactVerdict | undefined;
    executeShared([fact], context, (_fact, outcome) => { verdict = verdictOf(fact, outcome); });
    if (verdict!.kind !== 'equal') return verdict!;
  }
  return { kind: 'equal' };
}

function begin(fact: Fact, context: Context, seed: number): void {
  context.hiddenSlot = hiddenSlotOf(fact);
  context.reset(seed);
}

function verdictOf({ expect }: Fact, outcome: Outcome): FactVerdict {
  if (outcome.kind === 'inapplicable') return { kind: 'inapplicable', why: outcome.why };
  const got: Result = outcome.kind === 'result' ? outcome.result : outcome.kind === 'skipped' ? { skipped: outcome.why } : { stuck: outcome.why };
  const found = unmet(expect, got);
  return found.length === 0 ? { kind: 'equal' } : { kind: 'different', mismatches: found, got };
}
