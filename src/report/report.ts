// What a report for other people's tools is made of: a case for each scenario on each kernel, with what was found there. Explorations make
// cases; whatever else has findings can.

import type { FindingKind } from '../explore/finding.ts';

/** The step that breaks it, as far as it has a place. */
export interface ReportedPlace {
  readonly machine: string;
  readonly fragment: string;
  /** The state within the fragment, and the step that it executes. */
  readonly state: string;
  readonly step: string;
  /** The file that has this fragment, or changes it, and the line, from 1, where it is known. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

export interface ReportedFinding {
  readonly kind: FindingKind;
  /** Id of the property: S-01, L-04. */
  readonly id: string;
  /** Its title and its whole statement, where it is an invariant. */
  readonly title?: string | undefined;
  readonly statement?: string | undefined;
  /** One sentence of what is broken. */
  readonly sentence: string;
  /** The report as a person reads it. */
  readonly text: string;
  /** The command that brings it about again. */
  readonly command: string;
  /** Of the shrunk schedule: the same finding has the same one tomorrow. */
  readonly hash?: string | undefined;
  /** It is a known finding: what is said of it. It fails nothing. */
  readonly known?: string | undefined;
  readonly place?: ReportedPlace | undefined;
}

/** One scenario on one kernel. */
export interface ReportedCase {
  readonly scenario: string;
  readonly kernel: string;
  /** File of the scenario; nothing when it is built in. */
  readonly file?: string | undefined;
  /** What was done, in a few words: `exhaustive`. */
  readonly strategy: string;
  readonly seconds: number;
  /** The command that does it again. */
  readonly command: string;
  /** Why finding nothing says little, each a sentence. */
  readonly inconclusive: readonly string[];
  readonly findings: readonly ReportedFinding[];
}

/** A format of reports. */
export interface Reporter {
  readonly name: string;
  readonly description: string;
  /** It is for standard output where no file is given. */
  readonly toOutput: boolean;
  /** The whole text; `version` is that of faultline. */
  write(cases: readonly ReportedCase[], version: string): string;
}

/** Findings that fail a case, and those that are known. */
export function sorted({ findings }: ReportedCase): { news: readonly ReportedFinding[]; known: readonly ReportedFinding[] } {
  return { news: findings.filter(({ known }) => known === undefined), known: findings.filter(({ known }) => known !== undefined) };
}

/** `S-11: index 0 of file 1 is bound to memslot 1, which was freed.` */
export const headline = ({ id, sentence }: ReportedFinding): string => `${id}: ${sentence}${/[.!?]$/.test(sentence) ? '' : '.'}`;
