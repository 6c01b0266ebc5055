// What an exploration has found, as reports for other tools want it.

import { invariants } from '../check/invariants/index.ts';
import { Player } from '../explore/player.ts';
import { lineWith } from '../kernel/package-view.ts';
import type { ReportedCase, ReportedPlace } from '../report/report.ts';
import { builtinScenario } from '../scenario/builtin/index.ts';
import type { Explored, Subject } from './explore-engines.ts';
import { findingText, type Small } from './explore-findings.ts';

export interface CaseGiven {
  /** The scenario as the command line names it. */
  readonly name: string;
  readonly strategy: string;
  readonly seconds: number;
  /** The command that explores it again. */
  readonly command: string;
}

/** The case of a scenario on a kernel. */
export function caseOf(subject: Subject, { inconclusive, ended }: Pick<Explored, 'inconclusive' | 'ended'>, small: readonly Small[], { name, strategy, seconds, command }: CaseGiven): ReportedCase {
  const { scenario, kernel: { kernel } } = subject;
  return {
    scenario: scenario.name, kernel: kernel.name, file: builtinScenario(name) === undefined ? name : undefined, strategy, seconds, command,
    inconclusive: ended === 'interrupted' && inconclusive.length === 0 ? ['it was interrupted'] : inconclusive,
    findings: small.map((one) => {
      const { finding, hash, known } = one;
      const property = invariants.find(({ id }) => id === finding.id);
      return {
        kind: finding.kind, id: finding.id, sentence: finding.sentence, title: property?.title, statement: property?.statement, text: findingText(subject, one, [], undefined).trim(), command, hash,
        known: known === undefined ? undefined : known.note ?? 'it is in the file of known findings', place: placeOf(subject, one),
      };
    }),
  };
}

/** Where the last step of a finding is, which breaks it; of a person's own kernel the line that has its fragment, or the file. */
function placeOf({ kernel: { kernel, text }, topology }: Subject, { shrunk, finding }: Small): ReportedPlace | undefined {
  const { steps } = new Player(kernel, shrunk?.topology ?? topology, { invariants: [] }).play((shrunk ?? finding).schedule, { strict: true });
  const leaf = kernel.table.leaves[steps.at(-1)?.leaf ?? -1];
  const inner = leaf?.within.at(-1);
  if (leaf === undefined || inner === undefined) return undefined;
  const line = text === undefined ? 0 : lineWith(text.text, `'${inner.fragment}'`, `"${inner.fragment}"`, `'${leaf.step}'`, `"${leaf.step}"`);
  return {
    machine: leaf.machine, fragment: inner.fragment, state: inner.path === '' ? leaf.path : leaf.path.slice(inner.path.length + 1), step: leaf.step,
    ...(text === undefined ? {} : { file: text.file, ...(line === 0 ? {} : { line }) }),
  };
}
