// Annotations of GitHub Actions: workflow commands on standard output, one line each. A finding is an error, a known one a notice, an
// exploration that says little a warning.

import { headline, type ReportedCase, type ReportedFinding, type Reporter } from './report.ts';

/** Control characters would steer a terminal, and have no place in an annotation. */
const data = (text: string): string => text.replaceAll(/(?![\t\n\r])\p{Cc}/gu, '\uFFFD').replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

function annotation(level: 'error' | 'warning' | 'notice', properties: Readonly<Record<string, string | number | undefined>>, message: string): string {
  const given = Object.entries(properties).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${property(String(value))}`]));
  return `::${level} ${given.join(',')}::${data(message)}\n`;
}

function findingLine({ scenario, kernel, file }: ReportedCase, finding: ReportedFinding): string {
  const { id, known, place, text, command } = finding;
  const at = place?.file ?? file;
  const where = { file: at?.replace(/^\.\//, ''), line: at !== undefined && at === place?.file ? place.line : undefined, title: `${id}: ${scenario} on ${kernel}` };
  const note = known === undefined ? '' : `known: ${known}\n`;
  return annotation(known === undefined ? 'error' : 'notice', where, `${note}${headline(finding)}\n\nTo repeat it:\n  ${command}\n\n${text}`);
}

/** The format. */
export const github: Reporter = {
  name: 'github',
  description: 'annotations of GitHub Actions, on standard output',
  toOutput: true,
  write: (cases) => cases.flatMap((one) => [
    ...one.findings.map((finding) => findingLine(one, finding)),
    ...one.inconclusive.map((why) => annotation('warning', { file: one.file, title: `inconclusive: ${one.scenario} on ${one.kernel}` }, `${why}\n\nCommand:\n  ${one.command}`)),
  ]).join(''),
};
