// faultline replay: executes a trace again, verifying every step; or only its schedule, on another kernel.

import { isDeepStrictEqual } from 'node:util';
import { builtinKernel } from '../../machines/kernels/index.ts';
import { Checker } from '../check/checker.ts';
import { invariants } from '../check/invariants/index.ts';
import type { Violation } from '../check/violation.ts';
import { hashOf, preparedWorld } from '../runtime/prepared.ts';
import { Replayer } from '../runtime/replay.ts';
import { runSchedule, type RecordedWith, type ScheduleResult } from '../runtime/schedule.ts';
import type { Broken } from '../explore/broken.ts';
import { scheduleOfTrace } from '../explore/schedule-trace.ts';
import { whatsBroken } from '../explore/whats-broken.ts';
import type { Kernel } from '../kernel/define.ts';
import { restOf } from '../runtime/standstill.ts';
import { WriteLog } from '../runtime/write-log.ts';
import type { RunWorld } from '../runtime/world.ts';
import { builtinScenario } from '../scenario/builtin/index.ts';
import type { Topology } from '../scenario/topology.ts';
import { TraceError } from '../trace/errors.ts';
import type { TraceFooter } from '../trace/header.ts';
import type { TraceSource } from '../trace/source.ts';
import { examples, type CommandDefinition } from './command.ts';
import { checkEnding } from './ending.ts';
import { EXIT } from './errors.ts';
import { codeOfKind, nameOfKind } from './finding-codes.ts';
import { blamingKernel, findKernel, type NamedKernel } from './kernels.ts';
import { DEADLOCK_ID, knownFindingLines, knownLines } from './known.ts';
import { COMMAND, counted, grouped, labelled, labelledCommand, line, shellWord } from './output.ts';
import { waitingLines } from './run-report.ts';
import { compiled } from './scenarios.ts';
import { openReplayable, openTrace, originOf, type OpenTrace } from './traces.ts';
import * as values from './values.ts';

interface Options { until?: number; kernel?: string; trust?: boolean }

/** The command `replay`. */
export const replay: CommandDefinition = (program, done) => {
  program.command('replay')
    .description('execute a trace again and verify every step of it')
    .argument('[trace]', 'a trace file (default: traces/last.trace)')
    .option('--until <n>', 'stop behind step n', values.step)
    .option('-k, --kernel <kernel>', 'run only the schedule of the trace, on this kernel')
    .option('--trust', 'run the text of a kernel that came with the trace')
    .addHelpText('after', examples('faultline replay', 'faultline replay bug.trace --until 500', 'faultline replay bug.trace --kernel v6.8-fixed', 'faultline replay bug.trace --kernel ./my-patch.ts'))
    .action(async (trace: string | undefined, options: Options) => done(options.kernel === undefined
      ? await verify(trace, options)
      : await schedule(trace, options.kernel, options)));
};

/** At most so many steps between two turns of the event loop. */
const TURN_STEPS = 1 << 17;
const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

function verify(trace: string | undefined, { until, trust = false }: Options): Promise<number> {
  const open = openReplayable(trace, trust);
  return blamingKernel(open, () => verified(open, trace, until));
}

async function verified({ source, kernel, topology, scenario }: OpenTrace, trace: string | undefined, until = Infinity): Promise<number> {
  const replayer = new Replayer(source, kernel, topology, (objects) => new WriteLog(objects));
  const { world, observer } = replayer;
  const checker = new Checker(world, invariants, { forward: true });
  const atStart = checker.wholeState();
  let broken: { violation: Violation; step: number } | undefined = atStart && { violation: atStart, step: 0 };
  let interrupted = false;
  const interrupt = (): void => { interrupted = true; };
  process.once('SIGINT', interrupt);
  try {
    while (replayer.step < until && !interrupted) {
      observer.clear();
      if (!replayer.next()) break;
      const violation = checker.afterStep(observer.written, observer.count);
      if (violation !== undefined) broken ??= { violation, step: replayer.step };
      if (replayer.step % TURN_STEPS === 0) await turn();
    }
  } finally {
    process.off('SIGINT', interrupt);
    replayer.close();
  }
  const { footer, step } = replayer;
  const memory = hashOf(world);
  if (footer !== undefined) checkEnding(source.name, footer, world, broken && { id: broken.violation.id, step: broken.step });
  // What no single state shows, an exploration has found in the whole schedule.
  const finding = broken === undefined && footer?.why !== 'deadlock' ? footer?.finding : undefined;
  const again = finding && foundAgain(openTrace(trace), kernel, topology, finding);
  await line(labelled('trace', `${source.name}: ${scenario.name} on kernel ${kernel.name}, ${originOf(source.header)}`));
  await line(labelled('replayed', `${counted(step, 'step')}${footer === undefined ? '' : ', all of them'}; each did what the trace says`));
  await line(labelled('memory', `${memory}${footer === undefined || footer.why === 'failed' ? '' : ', as the trace says'}`));
  if (broken !== undefined) {
    await line(labelled('result', `BROKEN: ${broken.violation.id}, by ${broken.step === 0 ? 'the set-up' : `step ${grouped(broken.step)}`}: ${broken.violation.sentence}`));
    for (const one of knownLines(kernel, scenario.name, broken.violation.id)) await line(one);
  }
  else if (interrupted) await line(labelled('result', 'interrupted'));
  else if (again !== undefined) {
    await line(labelled('result', `${nameOfKind(again.kind)} behind step ${grouped(step)}, as the trace says: ${again.id}: ${again.sentence}`));
    for (const one of knownFindingLines(kernel, scenario.name, again)) await line(one);
  }
  else if (footer?.why === 'deadlock') {
    await line(labelled('result', `DEADLOCK behind step ${grouped(step)}: nobody can go on`));
    for (const one of knownLines(kernel, scenario.name, DEADLOCK_ID)) await line(one);
  }
  else if (footer?.why === 'failed') await line(labelled('result', `the run failed in the step behind ${grouped(step)}`));
  else await line(labelled('result', 'nothing that was checked was broken'));
  if (interrupted) return EXIT.INTERRUPTED;
  if (again !== undefined) return codeOfKind(again.kind);
  return broken !== undefined ? EXIT.SAFETY : footer?.why === 'deadlock' ? EXIT.DEADLOCK : EXIT.HELD;
}

/** What an exploration says it has found in a trace: it must be there. */
function foundAgain(source: TraceSource, kernel: Kernel, topology: Topology, { kind, id, key, loop }: NonNullable<TraceFooter['finding']>): Broken {
  const { broken, edges } = whatsBroken(kernel, topology, scheduleOfTrace(source), invariants, loop, id);
  const found = [...broken, ...edges].find((one) => one.kind === kind && one.key === key);
  if (found !== undefined) return found;
  throw new TraceError('malformed', `says in its footer that it shows ${id} (${key}), but its replay does not: the footer was edited`).of(source.name);
}

function schedule(trace: string | undefined, kernelName: string, { until }: Options): Promise<number> {
  const source = openTrace(trace);
  const named = findKernel(kernelName);
  return blamingKernel(named, () => scheduled(source, named, kernelName, until));
}

async function scheduled(source: TraceSource, { kernel }: NamedKernel, kernelName: string, until: number | undefined): Promise<number> {
  const { topology, scenario } = compiled(source.header.scenario, source.name, kernel);
  const { world, observer } = preparedWorld(kernel, topology, (objects) => new WriteLog(objects));
  const recordedWith = recordedOn(source) ?? { actors: topology.actors, calls: kernel.calls };
  const result = runSchedule(source, world, observer, recordedWith, new Checker(world, invariants), until);
  await line(labelled('trace', `${source.name}: ${scenario.name} on kernel ${source.header.kernel}, ${originOf(source.header)}`));
  await line(labelled('schedule', `on kernel ${kernel.name}: ${counted(result.steps, 'step')} applied`));
  if (result.differs !== undefined) await line(labelled('differs', `first at step ${grouped(result.differs.step)}: ${result.differs.sentence}`));
  else if (result.stopped === undefined) await line(labelled('differs', 'nowhere: every outcome is that of the trace'));
  if (result.stopped !== undefined) await line(labelled('stopped', `step ${grouped(result.stopped.step)} of the trace does not apply: ${result.stopped.reason}`));
  const code = await scheduleResult(result, world, scenario.name);
  const own = builtinScenario(scenario.name);
  if (result.stopped !== undefined && own !== undefined && isDeepStrictEqual(JSON.parse(JSON.stringify(own)), scenario)) {
    await line(labelledCommand('next', `${COMMAND} run ${scenario.name} --kernel ${shellWord(kernelName)} --${originOf(source.header)}`));
  }
  return code;
}

/** Says what the schedule has come to; answers the exit code. */
async function scheduleResult({ violation, stopped, footer, steps }: ScheduleResult, world: RunWorld, scenario: string): Promise<number> {
  if (violation !== undefined) {
    await line(labelled('result', `BROKEN: ${violation.id}, by step ${grouped(steps)}: ${violation.sentence}`));
    for (const one of knownLines(world.kernel, scenario, violation.id)) await line(one);
    return EXIT.SAFETY;
  }
  if (stopped !== undefined) {
    await line(labelled('result', 'inconclusive: until there nothing that was checked was broken, and the rest of the schedule does not apply'));
    return EXIT.INCONCLUSIVE;
  }
  const rest = footer && restOf(world);
  if (rest !== undefined && rest.mover === undefined && rest.why === 'deadlock') {
    await line(labelled('result', `DEADLOCK here${footer!.why === 'deadlock' ? ' too' : ', which the trace does not end with'}, behind step ${grouped(steps)}: nobody can go on`));
    for (const one of waitingLines(rest.waiting)) await line(one);
    return EXIT.DEADLOCK;
  }
  const goesOn = footer?.why === 'deadlock' && rest !== undefined
    ? `; the trace ends in a deadlock, ${rest.mover === undefined ? 'here everybody has come to the end' : `this kernel goes on: '${rest.mover}' can move`}` : '';
  const notLooked = footer?.finding !== undefined && footer.violation === undefined && footer.why !== 'deadlock' ? `; for what the trace shows, ${footer.finding.id}, nobody looks on another kernel: explore does` : '';
  await line(labelled('result', `nothing that was checked was broken${goesOn}${notLooked}`));
  return EXIT.HELD;
}

/** Actors and calls as the trace numbers them: those of the kernel it was recorded on, if that is a built-in one. */
function recordedOn({ header, name }: TraceSource): RecordedWith | undefined {
  const kernel = builtinKernel(header.kernel);
  return kernel === undefined ? undefined : { actors: compiled(header.scenario, name, kernel).topology.actors, calls: kernel.calls };
}
