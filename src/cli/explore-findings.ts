// What was found, made small and explained, each thing once; the trace of the worst; the exit code.

import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { invariants } from '../check/invariants/index.ts';
import type { Finding } from '../explore/finding.ts';
import { keyHash, knownAs, shrunkHash, type KnownFinding } from '../explore/known.ts';
import { ShrinkError } from '../explore/reproduce.ts';
import type { SampledFinding } from '../explore/sample-types.ts';
import { KINDS } from '../explore/sample-result.ts';
import { traceOfSchedule } from '../explore/schedule-trace.ts';
import { switchesOf } from '../explore/player.ts';
import { shrinking, type Shrunk } from '../explore/shrink.ts';
import { shrinkReport } from '../explore/shrink-report.ts';
import { makeFolders } from './destination.ts';
import { EXIT, isSystemError, systemProblem, UsageError } from './errors.ts';
import type { Subject } from './explore-engines.ts';
import { drive, type StatusLine } from './explore-drive.ts';
import { codeOfKind } from './finding-codes.ts';
import type { Interruption } from './interruption.ts';
import { knownFindingLines } from './known.ts';
import { COMMAND, complain, grouped, labelled, shellWord, WIDTH, wrapped } from './output.ts';

/** Seconds that shrinking one finding may take. */
const SHRINK_SECONDS = 10;

/** A finding, small. */
export interface Small {
  readonly finding: Finding;
  /** Nothing when its schedule alone does not show it: several runs together do. */
  readonly shrunk: Shrunk | undefined;
  /** Then what each of these shows, made small: edges of a lock order. */
  readonly edges: readonly Shrunk[];
  readonly hash: string;
  /** It is in the file of known findings. */
  readonly known: KnownFinding | undefined;
}

/** The exit code of the worst finding that is not known; HELD when there is none. */
export function findingsCode(found: readonly Pick<Small, 'finding' | 'known'>[]): number {
  const codes = found.filter(({ known }) => known === undefined).map(({ finding }) => codeOfKind(finding.kind));
  return codes.length === 0 ? EXIT.HELD : Math.min(...codes);
}

/** Shrinks every finding, and leaves one of those that come to the same. The worst kind first. */
export async function smallest(subject: Subject, findings: readonly (Finding & Pick<SampledFinding, 'edges'>)[], known: readonly KnownFinding[], interruption: Interruption, status: StatusLine): Promise<Small[]> {
  const result: Small[] = [];
  const sorted = findings.toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
  for (const [k, finding] of sorted.entries()) {
    const shrunk = await shrinkOne(subject, finding, interruption, status, `shrinking ${k + 1} of ${sorted.length}`);
    const edges: Shrunk[] = [];
    for (const [n, edge] of (shrunk === undefined ? finding.edges ?? [] : []).entries()) {
      const small = await shrinkOne(subject, edge, interruption, status, `shrinking ${k + 1} of ${sorted.length}, part ${n + 1}`);
      if (small !== undefined) edges.push(small);
    }
    // What cannot be made small is told apart by its key.
    const hash = shrunk === undefined ? keyHash(finding) : shrunkHash(subject.kernel.kernel, shrunk);
    if (result.some((one) => one.hash === hash)) continue;
    result.push({ finding, shrunk, edges, hash, known: knownAs(known, finding.id, hash) });
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
    }, SHRINK_SECONDS, interruption, status, () => [`${what}: ${grouped(best?.after.steps ?? finding.schedule.length)} steps`, `${grouped(best?.after.switches ?? switchesOf(finding.schedule))} context switches`]);
  } catch (error) {
    if (!(error instanceof ShrinkError)) throw error;
  }
  return best;
}

/** The text of one finding; `which` says which one it is, where there are several. */
export function findingText({ kernel, scenario }: Subject, { finding, shrunk, edges, hash, known }: Small, commands: readonly string[], avoidable?: string, which?: string): string {
  const bug = knownFindingLines(kernel.kernel, scenario.name, finding);
  const note = known === undefined ? [] : [labelled('', `known: ${known.note ?? 'it is in the file of known findings'}`)];
  const text = (one: Shrunk, own: readonly string[]): string => shrinkReport(kernel.kernel, one, { invariants, commands: own, ...(kernel.text === undefined ? {} : { kernelName: { from: importable(kernel.text.file) } }) });
  const apart = (): string => [
    ...wrapped(`${finding.id}: ${finding.sentence}. ${edges.length === 0 ? `No schedule shows it alone, and what was tried did not make it small; the last one of those that do together has ${finding.schedule.length} steps.` : 'No schedule shows it alone; each of these shows one part of the circle.'}`, WIDTH),
    ...edges.flatMap((edge, k) => ['', `${k + 1} of ${edges.length}:`, '', text(edge, commands.slice(k, k + 1)).trimEnd()]), ''].join('\n');
  const body = shrunk === undefined ? apart() : text(shrunk, commands);
  const head = labelled('finding', `${which === undefined ? '' : `${which}: `}${finding.id} (${finding.kind})`);
  return [head, ...bug, ...note, labelled('', `--known has it as { "id": "${finding.id}", "hash": "${hash}" }`), '', body.trimEnd(), ...(avoidable === undefined ? [] : ['', avoidable])].join('\n');
}

/** How a test imports a file of the folder that it stands in. */
const importable = (file: string): string => (/^\.{0,2}\//.test(file) ? file : `./${file}`);

/** Which of several findings one is. */
export const whichOf = (all: readonly unknown[], k: number): string | undefined => (all.length > 1 ? `${k + 1} of ${all.length}` : undefined);

/** Files that the trace of a finding goes to: one, or one for each part of a lock order that several schedules show together. */
export const traceFiles = ({ edges }: Pick<Small, 'edges'>, file: string): string[] =>
  [file, ...edges.slice(1).map((_edge, k) => file.replace(/(\.[^./]*)?$/, (ending) => `.${k + 2}${ending}`))];

/** Writes the trace of a finding; answers where. When it cannot be written and nobody has named it, that is said, and the answer is nothing. */
export function keepTrace(subject: Subject, { shrunk, edges, finding }: Small, file: string, made: boolean): string[] | undefined {
  const files = traceFiles({ edges }, file);
  const parts = edges.length > 0 ? edges : [shrunk];
  try {
    if (made) makeFolders(dirname(file));
    for (const [k, part] of parts.entries()) {
      const shows = part === undefined ? undefined : { ...part.broken, ...(part.loop === undefined ? {} : { loop: part.loop }) };
      writeFileSync(files[k]!, traceOfSchedule(subject.kernel.kernel, part?.scenario ?? subject.scenario, part?.schedule ?? finding.schedule, { invariants, kernelText: subject.kernel.text, ...(shows === undefined ? {} : { finding: shows }) }));
    }
    return files;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (made) {
      complain(`note: the trace is not kept, since ${file} cannot be written: ${systemProblem(error)}`);
      return undefined;
    }
    throw new UsageError(`cannot write ${file}: ${systemProblem(error)}`);
  }
}

/** How a trace is replayed. */
export const replayCommand = (file: string, made: boolean): string => `${COMMAND} replay${made ? '' : ` ${shellWord(file)}`}`;
