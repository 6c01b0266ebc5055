// What `run` says at its end, for people and for programs.

import type { Invariant } from '../check/invariant.ts';
import { OUTSIDE_HEAD, reportText, type ReportedStep } from '../check/report.ts';
import { ok, outcome } from '../memory/outcome.ts';
import type { Plan } from '../memory/plan.ts';
import { megabytesOf, roomOf } from '../runtime/room.ts';
import type { Run, RunResult } from '../runtime/run.ts';
import type { Topology } from '../scenario/topology.ts';
import type { Scenario } from '../scenario/types.ts';
import { RECORD, type TraceBatch } from '../trace/batch.ts';
import { outcomeNames } from '../trace/outcomes.ts';
import { EXIT } from './errors.ts';
import type { NamedKernel } from './kernels.ts';
import { DEADLOCK_ID, knownLines } from './known.ts';
import { COMMAND, grouped, labelled, labelledCommand, labelledList, shellWord } from './output.ts';

export interface RunFacts {
  readonly scenario: Scenario;
  /** As the command line named it. */
  readonly scenarioName: string;
  /** What --vcpus said. */
  readonly vcpus: number | undefined;
  readonly topology: Topology;
  readonly kernel: NamedKernel;
  readonly kernelName: string;
  readonly runtime: string;
  readonly seed: number;
  readonly invariants: readonly Invariant[];
  readonly result: RunResult;
  /** The last steps. */
  readonly lastSteps: () => readonly ReportedStep[];
  readonly trace: string | undefined;
  /** --trace named it. */
  readonly traceNamed: boolean;
  /** vCPUs that --spare-vcpus added. */
  readonly spareVcpus: number;
}

/** Steps of a report at most. */
const MOST_STEPS = 60;

/** Keeps the end of a run; the answer gives the last steps. */
export function keepLastSteps(run: Run): () => ReportedStep[] {
  let before: TraceBatch | undefined;
  let last: TraceBatch | undefined;
  run.batches.subscribe((batch) => {
    before = last;
    last = batch;
  });
  const outcomes = outcomeNames(run.world.table).map((name) => outcome(name));
  return () => [before, last].flatMap((batch) => (batch === undefined ? [] : Array.from({ length: batch.count }, (_one, k) => {
    const [actor, leaf, answer] = batch.records.subarray(k * RECORD.WORDS) as unknown as [number, number, number];
    return { actor, leaf, outcome: actor === 0 ? ok : outcomes[answer]! };
  }))).slice(-MOST_STEPS);
}

/** Exit code of a run, by why it ended. */
export function exitCodeOf({ why }: Pick<RunResult, 'why'>): number {
  switch (why) {
    case 'violation': return EXIT.SAFETY;
    case 'deadlock': return EXIT.DEADLOCK;
    case 'interrupted': return EXIT.INTERRUPTED;
    default: return EXIT.HELD;
  }
}

/** Outcomes that steps of the scenario's machines can have and never had. */
function notExercised({ tally }: RunResult): { step: string; outcome: string }[] {
  return [...tally.ofSteps()].flatMap(([step, outcomes]) => [...outcomes].flatMap(([outcome, times]) => (times === 0 ? [{ step, outcome }] : [])));
}

/** The same facts for a program. Nothing in it depends on the clock: the same run gives the same text. */
export function jsonReport(facts: RunFacts): object {
  const { result, invariants, topology } = facts;
  return {
    scenario: facts.scenario.name, kernel: facts.kernel.kernel.name, fingerprint: facts.kernel.fingerprint, runtime: facts.runtime, seed: facts.seed,
    why: result.why, exitCode: exitCodeOf(result), steps: result.steps, hash: result.hash,
    ...(result.violation ? { violation: { ...result.violation, step: result.steps } } : {}),
    ...(result.waiting.length > 0 ? { waiting: result.waiting } : {}),
    injections: result.tally.ofActor[0],
    actors: Object.fromEntries(topology.actors.map(({ name }, i) => [name, result.tally.ofActor[i + 1]])),
    evaluated: Object.fromEntries(invariants.map(({ id }, i) => [id, result.evaluated[i]])),
    notExercised: notExercised(result),
    trace: facts.trace ?? null,
  };
}

/** Who waits in a deadlock, one line or more for each. */
export const waitingLines = (waiting: RunResult['waiting']): string[] => waiting.map(({ actor, path, step }) => labelled('', `${actor} waits in ${path} (${step})`));

/** What happened, in words. */
export function outcomeLines(facts: RunFacts): string[] {
  const { result, kernel } = facts;
  const at = grouped(result.steps);
  const known = (id: string): string[] => knownLines(kernel.kernel, facts.scenario.name, id);
  switch (result.why) {
    case 'violation': return [labelled('result', `BROKEN: ${result.violation!.id}, by ${result.steps === 0 ? 'the set-up' : `step ${at}`}`), ...known(result.violation!.id), '', violationText(facts)];
    case 'deadlock': return [
      labelled('result', `DEADLOCK behind step ${at}: nobody can go on`), ...known(DEADLOCK_ID),
      ...waitingLines(result.waiting),
    ];
    case 'finished': return [labelled('result', `held: the scenario came to its end, kernel ${kernel.kernel.name} broke nothing that was checked`)];
    case 'interrupted': return [labelled('result', `interrupted behind step ${at}; until then nothing that was checked was broken`)];
    default: return [labelled('result', `held as far as it went: ended by its limit of ${result.why}, nothing that was checked was broken`)];
  }
}

/** The report of what was broken, with the commands that bring it about again. */
function violationText(facts: RunFacts): string {
  const { result, kernel, scenario, topology, invariants, trace, traceNamed } = facts;
  return reportText({
    violation: result.violation!, kernel: kernel.kernel.name, scenario: scenario.name, table: kernel.kernel.table, actors: topology.actors,
    steps: facts.lastSteps(), at: result.steps, most: MOST_STEPS, statement: invariants.find(({ id }) => id === result.violation!.id)?.statement ?? '',
    commands: [runCommand(facts, facts.seed), ...(trace === undefined ? [] : [`${COMMAND} replay${traceNamed ? ` ${shellWord(trace)}` : ''}`])],
  }).trimEnd();
}

const runCommand = ({ scenarioName, vcpus, spareVcpus, kernelName, runtime }: RunFacts, seed: number): string =>
  `${COMMAND} run ${shellWord(scenarioName)}${vcpus === undefined ? '' : ` --vcpus ${vcpus}`}${spareVcpus === 0 ? '' : ` --spare-vcpus ${spareVcpus}`}${kernelName === '' ? '' : ` --kernel ${shellWord(kernelName)}`}${runtime === 'simulate' ? '' : ` --runtime ${runtime}`} --seed ${seed}`;

/** Actors from which on a report counts the steps of each machine instead. */
const CROWD = 80;

/** Who executed how many steps, but for those that executed none. */
function busyActors({ topology: { actors }, result }: RunFacts): { name: string; count: number }[] {
  const busy = actors.map(({ name, machine }, i) => ({ name, machine, count: result.tally.ofActor[i + 1]! })).filter(({ count }) => count > 0);
  const injected = result.tally.ofActor[0]!;
  if (injected > 0) busy.push({ name: OUTSIDE_HEAD, machine: OUTSIDE_HEAD, count: injected });
  if (busy.length < CROWD) return busy;
  const machines = new Map<string, { count: number; actors: number }>();
  for (const { machine, count } of busy) {
    const sum = machines.get(machine) ?? { count: 0, actors: 0 };
    machines.set(machine, { count: sum.count + count, actors: sum.actors + 1 });
  }
  return [...machines].map(([machine, sum]) => ({ name: `${grouped(sum.actors)} ${machine}`, count: sum.count }));
}

/** The report of a run as text. */
export function textReport(facts: RunFacts): string {
  const { result, invariants, scenario } = facts;
  const lines: string[] = [];
  const busy = busyActors(facts);
  lines.push(labelledList('steps', [`${grouped(result.steps)} in all`, ...busy.map(({ name, count }) => `${name} ${grouped(count)}`)]));
  const seen = invariants.flatMap(({ id }, i) => (result.evaluated[i]! > 0 ? [`${id} ${grouped(result.evaluated[i]!)}`] : []));
  const never = invariants.flatMap(({ id }, i) => (result.evaluated[i] === 0 ? [id] : []));
  lines.push(labelledList('checked', seen.length === 0 ? ['nothing'] : seen.map((one, i) => (i === 0 ? `${one} ${one.endsWith(' 1') ? 'time' : 'times'}` : one))));
  if (never.length > 0) lines.push(labelledList('', never.map((one, i) => (i === 0 ? `never evaluated: ${one}` : one))));
  const missed = (scenario.about ?? []).filter((id) => !invariants.some((one, i) => one.id === id && result.evaluated[i]! > 0));
  if (missed.length > 0) lines.push(labelled('', `the scenario is about ${missed.join(', ')}, of which this run says nothing`));
  const outcomes = [...result.tally.ofSteps().values()].reduce((sum, one) => sum + one.size, 0);
  const missing = notExercised(result);
  lines.push(labelled('exercised', `${outcomes - missing.length} of ${outcomes} outcomes of the steps of its machines`));
  if (facts.trace !== undefined) lines.push(labelled('trace', facts.trace));
  lines.push('', ...outcomeLines(facts), '', ...nextCommands(facts).map((one, i) => labelledCommand(i === 0 ? 'next' : '', one)));
  return `${lines.join('\n')}\n`;
}

/** Commands that lead on from here; each can be pasted. */
function nextCommands(facts: RunFacts): string[] {
  const { result, seed, trace, traceNamed, scenario, invariants } = facts;
  const file = traceNamed && trace !== undefined ? ` ${shellWord(trace)}` : '';
  const commands: string[] = [];
  if (trace !== undefined) commands.push(`${COMMAND} show${file}${result.steps > 40 ? ` --from ${result.steps - 39}` : ''}`, `${COMMAND} replay${file}`);
  const about = [result.violation?.id, ...scenario.about ?? []].find((id) => invariants.some((one) => one.id === id));
  if (about !== undefined) commands.push(`${COMMAND} explain ${about}`);
  return [...commands, runCommand(facts, seed + 1)];
}

/** Megabytes from which on a world is large: a person wants to know before it starts. */
const LARGE = 10;

/** What stands above a run: what is about to be run, and who acts in it. */
export function heading({ scenario, kernel, runtime, seed, plan }: Pick<RunFacts, 'scenario' | 'kernel' | 'runtime' | 'seed'> & { readonly plan: Plan }, lines: readonly string[]): string {
  return [
    labelled('scenario', `${scenario.name}${scenario.title === undefined ? '' : `: ${scenario.title}`}`),
    ...(scenario.shows === undefined ? [] : [labelled('', scenario.shows)]),
    labelled('kernel', `${kernel.kernel.name}: ${kernel.kernel.title}`),
    labelled('seed', `${seed}, runtime ${runtime}`),
    ...(megabytesOf(plan) < LARGE ? [] : [labelled('memory', roomOf(plan))]),
    '', ...lines, '', '',
  ].join('\n');
}
