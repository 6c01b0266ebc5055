// SARIF 2.1.0: a rule for each property that is broken, a result for each finding, where the step that breaks it is. What is known is
// suppressed; an exploration that says little is a notification of the tool.

import { headline, type ReportedCase, type ReportedFinding, type Reporter } from './report.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** Properties that are no invariants, for a rule's text. */
const TITLES: Readonly<Record<string, string>> = {
  deadlock: 'actors wait for each other', 'lock-order': 'locks are taken in an order that can hang', race: 'a data race', livelock: 'a loop without progress', leak: 'something is left over at the end', safety: 'a broken property',
};

/** A path as a URI reference, relative where the path is. */
export function uriOf(path: string): string {
  const plain = path.replaceAll('\\', '/').replace(/^\.\//, '');
  const encoded = plain.split('/').map(encodeURIComponent).join('/');
  return plain.startsWith('/') ? `file://${encoded}` : encoded;
}

const ruleOf = ({ id, kind, title, statement }: ReportedFinding): object => ({
  id, name: title ?? TITLES[kind]!, shortDescription: { text: title ?? TITLES[kind]! }, fullDescription: { text: statement ?? title ?? TITLES[kind]! }, defaultConfiguration: { level: 'error' },
});

function resultOf({ scenario, kernel, file }: ReportedCase, finding: ReportedFinding, ruleIndex: number): object {
  const { id, kind, known, place, hash, text, command } = finding;
  const artifact = place?.file ?? file;
  const logical = [
    ...(place === undefined ? [] : [{ name: place.state, fullyQualifiedName: `${place.machine}/${place.fragment}/${place.state}`, kind: 'function' }]),
    { name: scenario, fullyQualifiedName: `${kernel}/${scenario}`, kind: 'module' },
  ];
  return {
    ruleId: id, ruleIndex, kind: 'fail', level: known === undefined ? 'error' : 'note',
    message: { text: `${headline(finding)} Scenario ${scenario} on kernel ${kernel}. To repeat it: ${command}`, markdown: `${headline(finding)} Scenario ${scenario} on kernel ${kernel}.\n\n${fenced(command)}\n\n${fenced(text)}` },
    locations: [{
      ...(artifact === undefined ? {} : { physicalLocation: { artifactLocation: { uri: uriOf(artifact) }, ...(artifact === place?.file && place.line !== undefined ? { region: { startLine: place.line } } : {}) } }),
      logicalLocations: logical,
    }],
    ...(hash === undefined ? {} : { partialFingerprints: { 'shrunkSchedule/v1': hash } }),
    ...(known === undefined ? {} : { suppressions: [{ kind: 'external', status: 'accepted', justification: known }] }),
    properties: { kind, kernel, scenario, command },
  };
}

/** Text that Markdown leaves as it is, whatever is in it. */
function fenced(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}\n${text}\n${fence}`;
}

/** The format. */
export const sarif: Reporter = {
  name: 'sarif',
  description: 'SARIF 2.1.0, a result for each finding',
  toOutput: false,
  write(cases, version) {
    const rules = new Map<string, ReportedFinding>();
    for (const { findings } of cases) for (const finding of findings) if (!rules.has(finding.id)) rules.set(finding.id, finding);
    const ids = [...rules.keys()];
    return `${JSON.stringify({
      $schema: SCHEMA, version: '2.1.0',
      runs: [{
        tool: { driver: { name: 'faultline', semanticVersion: version, rules: [...rules.values()].map(ruleOf) } },
        invocations: [{
          executionSuccessful: true,
          toolExecutionNotifications: cases.flatMap(({ scenario, kernel, inconclusive, command }) => inconclusive.map((why) => ({
            level: 'warning', message: { text: `${scenario} on ${kernel} is inconclusive: ${why}. Command: ${command}` },
          }))),
        }],
        results: cases.flatMap((one) => one.findings.map((finding) => resultOf(one, finding, ids.indexOf(finding.id)))),
        columnKind: 'utf16CodeUnits',
      }],
    }, null, 2)}\n`;
  },
};
