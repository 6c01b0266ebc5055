// JUnit XML: a suite for each scenario, a test case for each kernel. A finding is a failure, a known one alone a skipped test, an
// exploration that says little an error.

import { headline, sorted, type ReportedCase, type Reporter } from './report.ts';

/** Text in which XML has no letters of its own. What XML cannot hold at all becomes the replacement character. */
export const xmlText = (text: string): string => text
  .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
  .replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;');

/** The same between double quotes, where line ends would become spaces. */
const xmlAttribute = (text: string): string => xmlText(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');

const attributes = (all: Readonly<Record<string, string | number>>): string => Object.entries(all).map(([name, value]) => ` ${name}="${xmlAttribute(String(value))}"`).join('');
const time = (seconds: number): string => seconds.toFixed(3);

interface Counts { readonly tests: number; readonly failures: number; readonly errors: number; readonly skipped: number; readonly time: string }

function countsOf(cases: readonly ReportedCase[]): Counts {
  const ends = cases.map(endOf);
  const count = (what: End): number => ends.filter((end) => end === what).length;
  return { tests: cases.length, failures: count('failed'), errors: count('error'), skipped: count('skipped'), time: time(cases.reduce((sum, { seconds }) => sum + seconds, 0)) };
}

type End = 'failed' | 'error' | 'skipped' | 'passed';

function endOf(one: ReportedCase): End {
  const { news, known } = sorted(one);
  return news.length > 0 ? 'failed' : one.inconclusive.length > 0 ? 'error' : known.length > 0 ? 'skipped' : 'passed';
}

/** A test case. */
function caseXml(one: ReportedCase): string {
  const { scenario, kernel, seconds, command, inconclusive } = one;
  const { news, known } = sorted(one);
  const inner: string[] = [];
  const element = (name: string, all: Readonly<Record<string, string>>, text: string): void => { inner.push(`      <${name}${attributes(all)}>${xmlText(text)}</${name}>`); };
  const again = (text: string, commandLine: string): string => `${text}\n\nTo repeat it:\n  ${commandLine}\n`;
  switch (endOf(one)) {
    case 'failed': {
      const more = news.length > 1 ? ` (and ${news.length - 1} more)` : '';
      element('failure', { type: news[0]!.id, message: `${headline(news[0]!)}${more}` }, news.map((finding) => again(finding.text, finding.command)).join('\n'));
      break;
    }
    case 'error': element('error', { type: 'inconclusive', message: `inconclusive: ${inconclusive.join('; ')}` }, again(inconclusive.join('\n'), command)); break;
    case 'skipped': inner.push(`      <skipped${attributes({ message: known.map((finding) => `known: ${headline(finding)} ${finding.known}`).join(' ') })}/>`); break;
    case 'passed': break;
  }
  if (known.length > 0) element('system-out', {}, known.map((finding) => again(`known: ${finding.known}\n\n${finding.text}`, finding.command)).join('\n'));
  const head = `    <testcase${attributes({ classname: scenario, name: `${scenario} on ${kernel}`, time: time(seconds) })}`;
  return inner.length === 0 ? `${head}/>` : `${head}>\n${inner.join('\n')}\n    </testcase>`;
}

/** The format. */
export const junit: Reporter = {
  name: 'junit',
  description: 'JUnit XML, a test case for each scenario on each kernel',
  toOutput: false,
  write(cases) {
    const suites = new Map<string, ReportedCase[]>();
    for (const one of cases) suites.set(one.scenario, [...suites.get(one.scenario) ?? [], one]);
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites${attributes({ name: 'faultline', ...countsOf(cases) })}>`,
      ...[...suites].map(([scenario, all]) => `  <testsuite${attributes({ name: scenario, ...countsOf(all) })}>\n${all.map(caseXml).join('\n')}\n  </testsuite>`),
      '</testsuites>', '',
    ].join('\n');
  },
};
