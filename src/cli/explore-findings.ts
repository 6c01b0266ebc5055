// What was found, made small and explained, each thing once; the trace of the worst; the exit code.

import { writeFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { invariants } from '../check/invariants/index.ts';
import type { Finding, FindingKind } from '../explore/finding.ts';
import { knownAs, shrunkHash, type KnownFinding } from '../explore/known.ts';
import { ShrinkError } from '../explore/reproduce.ts';
import { KINDS } from '../explore/sample-result.ts';
import { traceOfSchedule } from '../explore/schedule-trace.ts';
import { shrinking, type Shrunk } from '../explore/shrink.ts';
import { shrinkReport } from '../explore/shrink-report.ts';
import { EXIT, isSystemError, systemProblem, UsageError } from './errors.ts';
import type { Subject } from './explore-engines.ts';
import { drive, type StatusLine } from './explore-drive.ts';
import type { Interruption } from './interruption.ts';
import { knownLines } from './known.ts';
import { COMMAND, grouped, labelled, shellWord } from './output.ts';

/** Seconds that shrinking one finding may take. */
const SHRINK_SECONDS = 10;

/** A finding, small. */
export interface Small {
  readonly finding: Finding;
  /** Nothing when its schedule alone does not show it: several runs together do. */
  readonly shrunk: Shrunk | undefined;
  readonly hash: string | undefined;
  /** It is in the file of known findings. */
  readonly known: KnownFinding | undefined;
}

const CODES: Readonly<Record<FindingKind, number>> = {
  safety: EXIT.SAFETY, leak: EXIT.SAFETY, race: EXIT.SAFETY, deadlock: EXIT.DEADLOCK, 'lock-order': EXIT.DEADLOCK, livelock: EXIT.LIVELOCK,
};

/** The exit code of the worst finding that is not known; HELD when there is none. */
export function findingsCode(found: readonly Small[]): number {
  const codes = found.filter(({ known }) => known === undefined).map(({ finding }) => CODES[finding.kind]);
  return codes.length === 0 ? EXIT.HELD : Math.min(...codes);
}

/** Shrinks every finding, and leaves one of those that come to the same. The worst kind first. */
export async function smallest(subject: Subject, findings: readonly Finding[], known: readonly KnownFinding[], interruption: Interruption, status: StatusLine): Promise<Small[]> {
  const result: Small[] = [];
  const sorted = findings.toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
  for (const [k, finding] of sorted.entries()) {
    const shrunk = await shrinkOne(subject, finding, interruption, status, `shrinking ${k + 1} of ${sorted.length}`);
    const hash = shrunk === undefined ? undefined : shrunkHash(subject.kernel.kernel, shrunk);
    if (result.some((one) => (shrunk === undefined ? one.finding.key === finding.key : one.hash === hash))) continue;
    result.push({ finding, shrunk, hash, known: hash === undefined ? undefined : knownAs(known, finding.id, hash) });
  }
  return result;
}

/** Shrinks one finding as far as its time goes. */
export async function shrinkOne({ kernel, topology, scenario }: Subject, finding: Finding, interruption: Interruption, status: StatusLine, what: string): Promise<Shrunk | undefined> {
  let best: Shrunk | undefined;
  try {
    const parts = shrinking(kernel.kernel, topology, finding, { scenario, invariants });
    await drive(() => {
      const { done, value } = parts.next();
      best = done === true ? value : value.best;
      return done !== true;
    }, SHRINK_SECONDS, interruption, status, () => `${what}: ${grouped(best?.after.steps ?? finding.schedule.length)} steps, ${grouped(best?.after.switches ?? 0)} context switches`);
  } catch (error) {
    if (!(error instanceof ShrinkError)) throw error;
  }
  return best;
}

/** The text of one finding. */
export function findingText({ kernel, scenario }: Subject, { finding, shrunk, hash, known }: Small, commands: readonly string[], avoidable: string | undefined): string {
  const bug = knownLines(kernel.kernel, scenario.name, finding.id);
  const note = known === undefined ? [] : [labelled('', `known: ${known.note ?? 'it is in the file of known findings'}`)];
  const body = shrunk === undefined
    ? `${finding.id}: ${finding.sentence}.\n\n  ${finding.schedule.length} steps show it, together with other schedules: it cannot be made smaller by itself.`
    : shrinkReport(kernel.kernel, shrunk, { invariants, commands, ...(kernel.text === undefined ? {} : { kernelName: { from: kernel.text.file } }) });
  return [...bug, ...note, ...(hash === undefined ? [] : [labelled('', `--known has it as { "id": "${finding.id}", "hash": "${hash}" }`)]), '', body, ...(avoidable === undefined ? [] : ['', avoidable])].join('\n');
}

/** Writes the trace of a finding; answers where, nothing when it has none. */
export function keepTrace(subject: Subject, { shrunk, finding }: Small, file: string, made: boolean): string | undefined {
  const bytes = traceOfSchedule(subject.kernel.kernel, shrunk?.scenario ?? subject.scenario, shrunk?.schedule ?? finding.schedule, { invariants, kernelText: subject.kernel.text });
  try {
    if (made) mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    return file;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (made) return undefined;
    throw new UsageError(`cannot write ${file}: ${systemProblem(error)}`);
  }
}

/** How a trace is replayed. */
export const replayCommand = (file: string, made: boolean): string => `${COMMAND} replay${made ? '' : ` ${shellWord(file)}`}`;
