// --report: which reports a command writes, and where.

import { writeFileSync } from 'node:fs';
import { nearest } from '../kernel/nearest.ts';
import { reporters } from '../report/index.ts';
import type { ReportedCase, Reporter } from '../report/report.ts';
import { PACKAGE_VERSION } from '../trace/fingerprints.gen.ts';
import { mayWrite } from './destination.ts';
import { isSystemError, systemProblem, UsageError } from './errors.ts';
import { write } from './output.ts';

/** A report that was asked for; without a file it goes to standard output. */
export interface WantedReport { readonly reporter: Reporter; readonly file: string | undefined }

/** What `--report` takes, for its help. */
export const REPORT_HELP = `also write the findings as ${reporters.map(({ name, toOutput }) => (toOutput ? name : `${name}=FILE`)).join(', ')} (several times, or with commas)`;

/** Reads what was given, `junit=results.xml`. Complains before anything is done about what cannot be. */
export function wantedReports(given: readonly string[] | undefined, outputTaken: boolean): WantedReport[] {
  return (given ?? []).map((text) => {
    const [, name, file] = /^([^=]*)(?:=(.*))?$/s.exec(text)!;
    const reporter = reporters.find((one) => one.name === name);
    if (reporter === undefined) throw new UsageError(`--report: there is no report '${name}'${nearest(name!, reporters.map((one) => one.name)) || `; there is ${reporters.map((one) => one.name).join(', ')}`}`);
    if (file === undefined && !reporter.toOutput) throw new UsageError(`--report ${reporter.name} needs a file: ${reporter.name}=FILE`);
    if (file === undefined && outputTaken) throw new UsageError(`--report ${reporter.name} and --json both write to standard output; give the report a file: ${reporter.name}=FILE`);
    if (file !== undefined) mayWrite('--report', file, true);
    return { reporter, file };
  });
}

/** Writes the reports. */
export async function writeReports(wanted: readonly WantedReport[], cases: readonly ReportedCase[]): Promise<void> {
  for (const { reporter, file } of wanted) {
    const text = reporter.write(cases, PACKAGE_VERSION);
    if (file === undefined) {
      await write(text);
      continue;
    }
    try {
      writeFileSync(file, text);
    } catch (error) {
      throw isSystemError(error) ? new UsageError(`cannot write ${file}: ${systemProblem(error)}`) : error;
    }
  }
}
