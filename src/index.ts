// The public API: what a person's own kernels, scenarios and programs are made of.

// What kernels are made of.
export * from './kernel/api.ts';

// Analyses of executed steps: lock order, data races, race windows, contention, coverage.
export { Analysis, analysisMegabytes, mergeReports } from './check/analysis.ts';
export type { AnalysisReport } from './check/analysis.ts';
export { analysisLines } from './check/analysis-text.ts';
export { FootprintLog } from './check/footprint.ts';
export type { Footprint } from './check/footprint.ts';
export type { LockCycle, LockEdge, LockOrderReport } from './check/lock-report.ts';
export { raceSentence } from './check/races.ts';
export type { Race } from './check/races.ts';
export type { RaceWindow } from './check/windows.ts';
export type { LockContention } from './check/contention.ts';
export type { Retry, TransitionCoverage } from './check/transitions.ts';

// Runs and traces. What comes in is an RxJS stream: `of` is that library's.
export { of } from 'rxjs';
export { openRun, recordTrace } from './runtime/open.ts';
export type { OpenOptions } from './runtime/open.ts';
export { InputError } from './runtime/inputs.ts';
export type { Injected, Told } from './runtime/inputs.ts';
export type { Injection } from './runtime/injection.ts';
export { compileCommand } from './scenario/command.ts';
export { withSpareVcpus } from './scenario/spare-vcpus.ts';
export { simulate } from './runtime/simulate-run.ts';
export { threads } from './runtime/threads/index.ts';
export type { Placement, WorkerResult } from './runtime/threads/index.ts';
export type { Limits, Run, RunActor, RunOptions, RunResult, Runtime, ThreadOptions } from './runtime/run.ts';
export { Meter, metrics } from './runtime/metrics.ts';
export type { Metrics } from './runtime/metrics.ts';
export { Tally } from './runtime/tally.ts';
export type { Message, StepEvent } from './runtime/events.ts';
export { checkVersion, eventsOfTrace, Replayer, ReplayError } from './runtime/replay.ts';
export { causesOf } from './runtime/causes.ts';
export type { Cause, Causes, CausesOptions } from './runtime/causes.ts';
export { diffTraces } from './runtime/trace-diff.ts';
export type { DiffStep, TraceDiff } from './runtime/trace-diff.ts';
export { traceInMemory } from './trace/source.ts';
export type { TraceSource } from './trace/source.ts';
export { encodeBatch, encodeFooter, encodeHeader } from './trace/encode.ts';
export { fingerprintOf } from './trace/fingerprint.ts';
export { TraceError } from './trace/errors.ts';
export type { TraceBatch } from './trace/batch.ts';
export type { TraceFooter, TraceHeader } from './trace/header.ts';

// Explorations: every interleaving, samples of them, whether everything fits.
export { builtinScenario, builtinScenarios } from './scenario/builtin/index.ts';
export { compile } from './scenario/compile.ts';
export type { Topology } from './scenario/topology.ts';
export { estimate } from './explore/estimate.ts';
export type { Estimate } from './explore/estimate.ts';
export { Search } from './explore/search/search.ts';
export type { Cut, SearchOptions, SearchProgress, SearchResult } from './explore/search/options.ts';
export type { PointOfNoReturn } from './explore/search/no-return.ts';
export { Sampler } from './explore/sample.ts';
export type { SampleProgress } from './explore/sample.ts';
export type { SampledFinding, SampleOptions, SampleResult, StateCheck } from './explore/sample-types.ts';
export { strategies } from './explore/strategies/index.ts';
export { mergeParts, partOf, PartError, readPart, resultOfPart } from './explore/part.ts';
export type { NamedPart, Part } from './explore/part.ts';
export type { ConflictingPair, MachineCoverage } from './explore/coverage.ts';
export type { Finding, FindingKind } from './explore/finding.ts';

// Schedules of an exploration: replayed by names, shrunk, explained, kept as traces.
export { replaySchedule } from './explore/replay-schedule.ts';
export type { ReplayedSchedule, ReplayScheduleOptions } from './explore/replay-schedule.ts';
export { ScheduleError } from './explore/named-schedule.ts';
export type { NamedSchedule, NamedSteps } from './explore/named-schedule.ts';
export type { Decision, Schedule } from './explore/schedule.ts';
export { shrink, shrinking } from './explore/shrink.ts';
export type { Shrunk, ShrinkOptions, ShrinkProgress } from './explore/shrink.ts';
export { ShrinkError } from './explore/reproduce.ts';
export { explain } from './explore/explain.ts';
export type { Explanation } from './check/explanation.ts';
export { shrinkReport } from './explore/shrink-report.ts';
export { scheduleOfTrace, traceOfSchedule } from './explore/schedule-trace.ts';
