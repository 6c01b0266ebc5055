// What a hunt has found, by cause. A finding is shrunk, scenario and schedule together, and held against the known bugs of the kernel: two of
// the same bug are one cause. What is no known bug is told apart by what is broken where. To shrink the same again and again would take
// all the time: a finding with the key of an earlier one, in a scenario that has every operation that was left of that one's, counts as that.

import type { Kernel } from '../../kernel/define.ts';
import { compile } from '../../scenario/compile.ts';
import type { Scenario } from '../../scenario/types.ts';
import { asOps, walk } from '../../scenario/walk.ts';
import type { Finding, FindingKind } from '../finding.ts';
import { ShrinkError } from '../reproduce.ts';
import { KINDS } from '../sample-result.ts';
import type { Schedule } from '../schedule.ts';
import { operationsOf } from '../smaller-scenarios.ts';
import { shrinking, type Shrunk } from '../shrink.ts';
import { explaining } from './explained.ts';
import type { MendedKernels } from './mended.ts';

/** Steps that shrinking a finding may take. */
const SHRINK_STEPS = 800_000;

export interface Cause {
  /** Known bugs of the kernel that it is; none: it is news. */
  readonly bugs: readonly string[];
  readonly kind: FindingKind;
  readonly id: string;
  readonly sentence: string;
  /** Of what is broken. */
  readonly key: string;
  /** Number of the first scenario that showed it, and of how many did. */
  readonly first: number;
  readonly times: number;
  /** The smallest scenario so far, and schedule on it. */
  readonly scenario: Scenario;
  readonly schedule: Schedule;
  /** Livelock: number of steps in front of the loop. */
  readonly loop?: number;
}

/** An earlier finding: its key, what was left of its scenario, its cause by place. */
export interface Shape { readonly key: string; readonly operations: readonly string[]; readonly cause: number }

/** Kinds of operations of a scenario's programs: what an operation does, without where. */
export function operationKinds({ vms, threads = [], hardware = [] }: Scenario): string[] {
  const programs = [...vms.flatMap(({ vcpus = [] }) => vcpus.flatMap(({ program = [], thread = [] }) => [program, thread])), ...[...threads, ...hardware].map(({ program = [] }) => program)];
  const kinds = programs.flatMap((program) => [...walk(asOps(program), '')].map(({ op }) => {
    const { pages, flags, fd, expect, policy, to } = op;
    return [op.op, ...(pages === 0 ? ['nothing'] : []), ...(Array.isArray(flags) ? [flags.join('+')] : []), ...(fd === undefined ? [] : ['file']),
      ...[expect === 'ok' ? undefined : expect, policy, to].filter((one) => typeof one === 'string')].join(' ');
  }));
  return [...new Set(kinds)].toSorted();
}

export class Causes {
  readonly causes: Cause[];
  readonly shapes: Shape[];
  private readonly kernel: Kernel;
  private readonly mended: MendedKernels;

  /** What an earlier part of the hunt has found comes first. */
  constructor(kernel: Kernel, mended: MendedKernels, causes: readonly Cause[] = [], shapes: readonly Shape[] = []) {
    this.kernel = kernel;
    this.mended = mended;
    this.causes = [...causes];
    this.shapes = [...shapes];
  }

  /** Takes what scenario number `n` has shown; yields now and then, and answers which causes are new. */
  *taking(n: number, scenario: Scenario, findings: readonly Finding[]): Generator<void, readonly Cause[]> {
    const before = this.causes.length;
    const seen = new Set<number>();
    const kinds = operationKinds(scenario);
    for (const finding of findings.toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind))) {
      const shape = this.shapes.find((one) => one.key === finding.key && one.operations.every((kind) => kinds.includes(kind)));
      seen.add(shape?.cause ?? (yield* this.lookingAt(n, scenario, finding)));
    }
    for (const at of seen) this.causes[at] = { ...this.causes[at]!, times: this.causes[at]!.times + 1 };
    return this.causes.slice(before);
  }

  /** Place of the cause of a finding that is like no other. */
  private *lookingAt(n: number, scenario: Scenario, finding: Finding): Generator<void, number> {
    const shrunk = yield* this.shrinking(scenario, finding);
    const small = shrunk?.scenario ?? scenario;
    const { kind, id, sentence, key } = shrunk?.broken ?? finding;
    const bugs = yield* explaining(this.kernel, this.mended, { kind, id, key, scenario: small, schedule: shrunk?.schedule ?? finding.schedule });
    const name = nameOf({ bugs, kind, id, key });
    let cause = this.causes.findIndex((one) => nameOf(one) === name);
    const loop = shrunk === undefined ? finding.loop : shrunk.loop;
    const made: Cause = { bugs, kind, id, sentence, key, first: n, times: 0, scenario: small, schedule: shrunk?.schedule ?? finding.schedule, ...(loop === undefined ? {} : { loop }) };
    if (cause < 0) cause = this.causes.push(made) - 1;
    else if (sizeOf(made) < sizeOf(this.causes[cause]!)) this.causes[cause] = { ...made, first: this.causes[cause]!.first, times: this.causes[cause]!.times };
    this.shapes.push({ key: finding.key, operations: operationKinds(small), cause });
    return cause;
  }

  /** Nothing where its schedule alone does not show it. */
  private *shrinking(scenario: Scenario, finding: Finding): Generator<void, Shrunk | undefined> {
    try {
      const parts = shrinking(this.kernel, compile(scenario, this.kernel), finding, { scenario, budget: SHRINK_STEPS });
      for (;;) {
        const { done, value } = parts.next();
        if (done === true) return value;
        yield;
      }
    } catch (error) {
      if (error instanceof ShrinkError) return undefined;
      throw error;
    }
  }
}

/** Operations of its scenario, then steps. */
const sizeOf = ({ scenario, schedule }: Cause): number => operationsOf(scenario) * 1e6 + schedule.length;

/** What tells causes apart. */
const nameOf = ({ bugs, kind, id, key }: Pick<Cause, 'bugs' | 'kind' | 'id' | 'key'>): string => (bugs.length > 0 ? bugs.join(' ') : `${kind} ${id} ${key}`);
