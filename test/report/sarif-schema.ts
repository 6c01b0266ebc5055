// What the schema of SARIF 2.1.0 requires of the members that reports have: types, required members, values of enumerations, and the rules of
// its text about indices.

import * as v from 'valibot';

const message = v.strictObject({ text: v.pipe(v.string(), v.nonEmpty()), markdown: v.optional(v.string()) });
const text = v.strictObject({ text: v.string() });
const level = v.picklist(['none', 'note', 'warning', 'error']);
const index = v.pipe(v.number(), v.integer(), v.minValue(0));
const reference = v.pipe(v.string(), v.regex(/^(?:[A-Za-z][\w+.-]*:)?(?:[\w!$&'()*+,;=:@/?~.-]|%[0-9A-F]{2})+$/));
const location = v.strictObject({
  physicalLocation: v.optional(v.strictObject({
    artifactLocation: v.strictObject({ uri: reference }), region: v.optional(v.strictObject({ startLine: v.pipe(v.number(), v.integer(), v.minValue(1)) })),
  })),
  logicalLocations: v.array(v.strictObject({ name: v.string(), fullyQualifiedName: v.string(), kind: v.string() })),
});
const result = v.strictObject({
  ruleId: v.string(), ruleIndex: index, kind: v.picklist(['notApplicable', 'pass', 'fail', 'review', 'open', 'informational']), level, message,
  locations: v.array(location), partialFingerprints: v.optional(v.record(v.string(), v.string())), properties: v.record(v.string(), v.unknown()),
  suppressions: v.optional(v.array(v.strictObject({ kind: v.picklist(['inSource', 'external']), status: v.picklist(['accepted', 'underReview', 'rejected']), justification: v.string() }))),
});
const rule = v.strictObject({ id: v.string(), name: v.string(), shortDescription: text, fullDescription: text, defaultConfiguration: v.strictObject({ level }) });
const run = v.strictObject({
  tool: v.strictObject({ driver: v.strictObject({ name: v.string(), semanticVersion: v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+$/)), rules: v.array(rule) }) }),
  invocations: v.array(v.strictObject({ executionSuccessful: v.boolean(), toolExecutionNotifications: v.array(v.strictObject({ level, message })) })),
  results: v.array(result), columnKind: v.picklist(['utf16CodeUnits', 'unicodeCodePoints']),
});
const log = v.strictObject({ $schema: v.pipe(v.string(), v.url()), version: v.literal('2.1.0'), runs: v.array(run) });

/** What is wrong with a SARIF log, each a sentence. */
export function sarifProblems(value: unknown): string[] {
  const { issues = [] } = v.safeParse(log, value);
  const indices = (value as { runs: { tool: { driver: { rules: { id: string }[] } }; results: { ruleId: string; ruleIndex: number }[] }[] }).runs
    .flatMap(({ tool, results }) => results.filter(({ ruleId, ruleIndex }) => tool.driver.rules[ruleIndex]?.id !== ruleId).map(({ ruleId }) => `the ruleIndex of a ${ruleId} is another rule's`));
  return [...issues.map((issue) => `${v.getDotPath(issue) ?? ''}: ${issue.message}`), ...indices];
}
