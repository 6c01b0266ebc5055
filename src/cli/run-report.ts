// What `run` says at its end, for people and for programs.

import { OUTSIDE_HEAD, reportText, type ReportedStep } from '../check/report.ts';
import type { Plan } from '../memory/plan.ts';
import { Meter } from '../runtime/metrics.ts';
import { megabytesOf, roomOf } from '../runtime/room.ts';
import type { RunResult } from '../runtime/run.ts';
import type { Topology } from '../scenario/topology.ts';
import type { Scenario } from '../scenario/types.ts';
import type { Kernel } from '../kernel/define.ts';
import { analysedLine, analysisExitCode, analysisFindings } from './analysis-report.ts';
import { EXIT } from './errors.ts';
import type { NamedKernel } from './kernels.ts';
import { DEADLOCK_ID, knownLines } from './known.ts';
import { MOST_STEPS } from './last-steps.ts';
import { COMMAND, counted, grouped, labelled, labelledCommand, labelledList, shellWord } from './output.ts';
import { runCommand, runtimeText, type HowToRun } from './run-options.ts';

export interface RunFacts {
  readonly scenario: Scenario;
  /** As the command line named it. */
  readonly scenarioName: string;
  readonly topology: Topology;
  readonly kernel: NamedKernel;
  readonly how: HowToRun;
  /** Seed of the run that is told of: where seeds were searched, that of the last round. */
  readonly seed: number;
  readonly result: RunResult;
  /** --check after was interrupted behind this step. */
  readonly checkedUntil?: number | undefined;
  /** The last steps. */
  readonly lastSteps: () => readonly ReportedStep[];
  readonly trace: string | undefined;
  /** --trace named it. */
  readonly traceNamed: boolean;
  readonly brief: boolean;
}

/** Exit code of a run, by why it ended, or by what was found besides. */
export function exitCodeOf({ why, analysis }: Pick<RunResult, 'why' | 'analysis'>, kernel: Kernel): number {
  switch (why) {
    case 'violation': return EXIT.SAFETY;
    case 'deadlock': return EXIT.DEADLOCK;
    case 'interrupted': return EXIT.INTERRUPTED;
    default: return analysisExitCode(kernel, analysis);
  }
}

/** Outcomes that steps of the scenario's machines can have and never had. */
function notExercised({ tally }: RunResult): { step: string; outcome: string }[] {
  return [...tally.ofSteps()].flatMap(([step, outcomes]) => [...outcomes].flatMap(([outcome, times]) => (times === 0 ? [{ step, outcome }] : [])));
}

/** The same facts for a program. What depends on the clock is in `times` and `workers`, which a simulation does not have: the same
 *  simulation gives the same text. */
export function jsonReport(facts: RunFacts): object {
  const { result, topology, how: { invariants, runtime, check } } = facts;
  const { workers, seconds } = result;
  return {
    scenario: facts.scenario.name, kernel: facts.kernel.kernel.name, fingerprint: facts.kernel.fingerprint, runtime: runtime.name, seed: facts.seed, check,
    why: result.why, exitCode: exitCodeOf(result, facts.kernel.kernel), steps: result.steps, hash: result.hash,
    ...(result.violation ? { violation: { ...result.violation, step: result.steps } } : {}),
    ...(result.waiting.length > 0 ? { waiting: result.waiting } : {}),
    ...(facts.checkedUntil === undefined ? {} : { checkedUntil: facts.checkedUntil }),
    ...(result.rounds === undefined ? {} : { rounds: result.rounds, allSteps: result.allSteps }),
    metrics: new Meter(facts.kernel.kernel).of(result.tally),
    injections: result.tally.ofActor[0],
    actors: Object.fromEntries(topology.actors.map(({ name }, i) => [name, result.tally.ofActor[i + 1]])),
    transitions: Object.fromEntries(result.tally.ofMachines()),
    evaluated: Object.fromEntries(invariants.map(({ id }, i) => [id, result.evaluated[i] ?? 0])),
    notExercised: notExercised(result),
    ...(result.analysis === undefined ? {} : { analysis: result.analysis }),
    ...(workers === undefined ? {} : { workers }),
    ...(seconds === undefined ? {} : { times: { seconds, stepsPerSecond: rate(result.allSteps!, seconds), workers: workers!.map(({ steps }) => rate(steps, seconds)) } }),
    trace: facts.trace ?? null,
  };
}

/** Steps a second. */
const rate = (steps: number, seconds: number): number => (seconds > 0 ? Math.round(steps / seconds) : 0);

/** Who waits in a deadlock, one line or more for each. */
export const waitingLines = (waiting: RunResult['waiting']): string[] => waiting.map(({ actor, path, step }) => labelled('', `${actor} waits in ${path} (${step})`));

/** What happened, in words. */
export function outcomeLines(facts: RunFacts): string[] {
  const { result, kernel, how: { check }, checkedUntil } = facts;
  const at = grouped(result.steps);
  const known = (id: string): string[] => knownLines(kernel.kernel, facts.scenario.name, id);
  const unbroken = check === 'off' ? 'nothing was checked (--check off)' : 'nothing that was checked was broken';
  switch (result.why) {
    case 'violation': return [labelled('result', `BROKEN: ${result.violation!.id}, by ${result.steps === 0 ? 'the set-up' : `step ${at}`}${inRound(facts)}`), ...known(result.violation!.id), '', violationText(facts)];
    case 'deadlock': return [
      labelled('result', `DEADLOCK behind step ${at}${inRound(facts)}: nobody can go on`), ...known(DEADLOCK_ID),
      ...waitingLines(result.waiting),
    ];
    case 'finished': {
      const end = (result.rounds ?? 1) > 1 ? `each of ${counted(result.rounds!, 'round')} came to its end` : 'the scenario came to its end';
      return [labelled('result', check === 'off' ? `${end}; ${unbroken}` : `held: ${end}, kernel ${kernel.kernel.name} broke nothing that was checked`)];
    }
    case 'interrupted': return [labelled('result', checkedUntil === undefined ? `interrupted behind step ${at}${inRound(facts)}; until then ${unbroken}`
      : `interrupted while it was checked, behind step ${grouped(checkedUntil)} of ${at}; until there ${unbroken}`)];
    default: return [labelled('result', `${check === 'off' ? '' : 'held as far as it went: '}ended by its limit of ${result.why}, ${unbroken}`)];
  }
}

const inRound = ({ result: { rounds = 1 } }: RunFacts): string => (rounds > 1 ? ` of round ${grouped(rounds)}` : '');

/** The report of what was broken, with the commands that bring it about again. */
function violationText(facts: RunFacts): string {
  const { result, kernel, scenario, topology, how, trace, traceNamed } = facts;
  const replay = trace === undefined ? [] : [`${COMMAND} replay${traceNamed ? ` ${shellWord(trace)}` : ''}`];
  const again = runCommand(facts.scenarioName, how, facts.seed, how.threads === undefined);
  return reportText({
    violation: result.violation!, kernel: kernel.kernel.name, scenario: scenario.name, table: kernel.kernel.table, actors: topology.actors,
    steps: facts.lastSteps(), at: result.steps, most: MOST_STEPS, statement: how.invariants.find(({ id }) => id === result.violation!.id)?.statement ?? '',
    // What real threads did only the trace can repeat: the run is another one each time.
    commands: how.threads === undefined ? [again, ...replay] : [...replay, again],
  }).trimEnd();
}

/** Parts of the report between heading and result, in their order. A further part is one more row here. */
const PARTS: readonly ((facts: RunFacts) => string[])[] = [stepLines, workerLines, eventLines, checkedLines, analysisPart, coverageLines];

/** The report of a run as text. */
export function textReport(facts: RunFacts): string {
  const lines = PARTS.flatMap((part) => part(facts));
  if (facts.trace !== undefined) lines.push(labelled('trace', facts.trace));
  lines.push('', ...outcomeLines(facts), '', ...nextCommands(facts).map((one, i) => labelledCommand(i === 0 ? 'next' : '', one)));
  return `${lines.join('\n')}\n`;
}

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

/** How many steps, and whose. */
function stepLines(facts: RunFacts): string[] {
  const { result, brief } = facts;
  const { rounds = 1, allSteps } = result;
  return [
    ...(rounds > 1 ? [labelled('rounds', `${grouped(rounds)}, with ${counted(allSteps!, 'step')}; what follows is of the last one`)] : []),
    labelledList('steps', [`${grouped(result.steps)} in all`, ...(brief ? [] : busyActors(facts).map(({ name, count }) => `${name} ${grouped(count)}`))]),
  ];
}

/** On real threads: what each worker has done, over all rounds. */
function workerLines({ result: { workers, seconds } }: RunFacts): string[] {
  if (workers === undefined || seconds === undefined || workers.length === 0) return [];
  return [labelledList('a second', [
    `${grouped(rate(workers.reduce((sum, { steps }) => sum + steps, 0), seconds))} steps in ${seconds.toFixed(1)} s`,
    ...workers.map(({ worker, steps }) => `worker ${worker} ${grouped(rate(steps, seconds))}`),
  ])];
}

/** What the steps amounted to; kinds that never came are left out. */
function eventLines({ kernel, result }: RunFacts): string[] {
  const counts = new Meter(kernel.kernel).of(result.tally);
  const of = (label: string, ...members: readonly (readonly [number, string])[]): string[] => {
    const said = members.filter(([count]) => count > 0).map(([count, what]) => `${grouped(count)} ${what}`);
    return said.length === 0 ? [] : [labelledList(label, said)];
  };
  const plural = (count: number, one: string, many = `${one}s`): string => (count === 1 ? one : many);
  return [
    ...of('faults', [counts.faultsFixed, 'fixed'], [counts.faultsRetried, 'tried again'], [counts.faultsExited, 'left to userspace']),
    ...of('', [counts.staleFaults, 'of those tried again because of an invalidation']),
    ...of('events', [counts.conversions, plural(counts.conversions, 'conversion')], [counts.conversionsRefused, 'refused with EAGAIN'],
      [counts.splits, plural(counts.splits, 'split')], [counts.merges, plural(counts.merges, 'merge')],
      [counts.punches, plural(counts.punches, 'punch', 'punches')],
      [counts.memoryErrors, plural(counts.memoryErrors, 'memory error')], [counts.lockWaits, plural(counts.lockWaits, 'wait for a lock', 'waits for a lock')]),
  ];
}

/** Which invariants were evaluated. */
function checkedLines({ how: { invariants }, result, scenario, brief }: RunFacts): string[] {
  const times = (i: number): number => result.evaluated[i] ?? 0;
  if (invariants.length === 0) return [labelled('checked', 'nothing (--check off)')];
  const lines: string[] = [];
  const seen = invariants.flatMap(({ id }, i) => (times(i) > 0 ? [`${id} ${grouped(times(i))}`] : []));
  const never = invariants.flatMap(({ id }, i) => (times(i) === 0 ? [id] : []));
  if (brief) {
    const all = invariants.reduce((sum, _one, i) => sum + times(i), 0);
    lines.push(labelled('checked', `${seen.length} of ${counted(invariants.length, 'invariant')}, evaluated ${grouped(all)} times`));
  } else {
    lines.push(labelledList('checked', seen.length === 0 ? ['nothing'] : seen.map((one, i) => (i === 0 ? `${one} ${one.endsWith(' 1') ? 'time' : 'times'}` : one))));
    if (never.length > 0) lines.push(labelledList('', never.map((one, i) => (i === 0 ? `never evaluated: ${one}` : one))));
  }
  const missed = (scenario.about ?? []).filter((id) => !invariants.some((one, i) => one.id === id && times(i) > 0));
  if (missed.length > 0) lines.push(labelled('', `the scenario is about ${missed.join(', ')}, of which this run says nothing`));
  return lines;
}

/** What the analyses of executed steps have found, over all rounds. */
function analysisPart({ kernel, brief, result: { analysis } }: RunFacts): string[] {
  return analysis === undefined ? [] : [analysedLine(analysis), ...analysisFindings(kernel.kernel, analysis, brief)];
}

/** What was exercised: outcomes of steps, and transitions of each machine. */
function coverageLines({ result }: RunFacts): string[] {
  const outcomes = [...result.tally.ofSteps().values()].reduce((sum, one) => sum + one.size, 0);
  const machines = [...result.tally.ofMachines()].map(([machine, { taken, all }]) => `${machine} ${taken} of ${all}`);
  return [
    labelled('exercised', `${outcomes - notExercised(result).length} of ${outcomes} outcomes of the steps of its machines`),
    labelledList('', machines.map((one, i) => (i === 0 ? `transitions: ${one}` : one))),
  ];
}

/** Commands that lead on from here; each can be pasted. */
function nextCommands(facts: RunFacts): string[] {
  const { result, seed, trace, traceNamed, scenario, how } = facts;
  const file = traceNamed && trace !== undefined ? ` ${shellWord(trace)}` : '';
  const commands: string[] = [];
  if (trace !== undefined) commands.push(`${COMMAND} show${file}${result.steps > 40 ? ` --from ${result.steps - 39}` : ''}`, `${COMMAND} replay${file}`);
  const about = [result.violation?.id, ...scenario.about ?? []].find((id) => how.invariants.some((one) => one.id === id));
  if (about !== undefined) commands.push(`${COMMAND} explain ${about}`);
  return [...commands, runCommand(facts.scenarioName, how, (seed + 1) % 2 ** 32)];
}

/** Megabytes from which on a world is large: a person wants to know before it starts. */
const LARGE = 10;

/** What stands above a run: what is about to be run, and who acts in it. */
export function heading({ scenario, kernel, how, plan }: Pick<RunFacts, 'scenario' | 'kernel' | 'how'> & { readonly plan: Plan }, lines: readonly string[]): string {
  return [
    labelled('scenario', `${scenario.name}${scenario.title === undefined ? '' : `: ${scenario.title}`}`),
    ...(scenario.shows === undefined ? [] : [labelled('', scenario.shows)]),
    labelled('kernel', `${kernel.kernel.name}: ${kernel.kernel.title}`),
    labelledList('seed', [String(how.seed), ...runtimeText(how).split(', ')]),
    ...(megabytesOf(plan) < LARGE ? [] : [labelled('memory', roomOf(plan))]),
    '', ...lines, '', '',
  ].join('\n');
}
