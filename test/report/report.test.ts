// Reports for other tools: texts that are reviewed like documents, read back by what those tools ask for.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { reporters } from '../../src/report/index.ts';
import { junit } from '../../src/report/junit.ts';
import { sarif, uriOf } from '../../src/report/sarif.ts';
import { github } from '../../src/report/github.ts';
import { PATCH, Sandbox } from '../support/command.ts';
import { CASES } from './cases.ts';
import { sarifProblems } from './sarif-schema.ts';
import { parseXml } from './xml.ts';

const box = new Sandbox();
afterAll(() => box.remove());
const again = JSON.parse(JSON.stringify(CASES)) as typeof CASES;

test.each(reporters)('$name: the reviewed text', ({ name, write }) => {
  const file = new URL(`golden/${name}.txt`, import.meta.url);
  const text = write(CASES, '1.2.3');
  // A golden text that is not there yet is written, to be reviewed; then the test fails once.
  const missing = !existsSync(file);
  if (missing) writeFileSync(file, text);
  expect(missing, `${file.pathname} was written; read it`).toBe(false);
  expect(text).toBe(readFileSync(file, 'utf8').replaceAll('\r\n', '\n'));
  expect(write(again, '1.2.3')).toBe(text);
});

describe('junit', () => {
  const xml = parseXml(junit.write(CASES, '1'));

  test('is XML, and has the texts in it, but for what XML cannot hold', () => {
    const failure = xml.find('failure')!;
    expect(failure.attributes['message']).toBe('S-01: the SPTE of gfn 0 maps pfn 1 & "index" 0 <of inode 1> has no page. (and 1 more)');
    expect(failure.text).toContain('a < b && "c" > \'d\', 100% sure\r\n> 12  fault.map: fixed   |\n\uFFFD and \uFFFD[31m and ]]> and ```');
    expect(failure.text).toContain("To repeat it:\n  npx --no faultline explore 'my scenario.json' --kernel ./my-patch.ts\n");
    expect(failure.text).toContain('L-04 deadlock');
  });

  test('counts what there is, in all and by suite', () => {
    expect(xml.attributes).toMatchObject({ tests: '4', failures: '1', errors: '1', skipped: '1', time: '61.750' });
    expect(xml.all('testsuite').map(({ attributes: { name, tests, failures } }) => [name, tests, failures])).toEqual([['mine', '2', '1'], ['SC16', '1', '0'], ['SC01', '1', '0']]);
    expect(xml.all('testcase').map(({ attributes: { name } }) => name)).toEqual(['mine on my-patch', 'mine on v6.8', 'SC16 on v6.8', 'SC01 on v6.8']);
    for (const what of ['failure', 'error', 'skipped']) expect(xml.all(what).length, what).toBe(1);
    expect(xml.find('error')!.text).toContain('To repeat it:\n  npx --no faultline explore SC16\n');
  });

  test('of no case is XML too', () => expect(parseXml(junit.write([], '1')).attributes).toMatchObject({ tests: '0', failures: '0' }));
});

describe('sarif', () => {
  test('has what SARIF 2.1.0 requires, where it requires it', () => {
    expect(sarifProblems(JSON.parse(sarif.write(CASES, '1.2.3')))).toEqual([]);
    expect(sarifProblems(JSON.parse(sarif.write([], '1.2.3')))).toEqual([]);
    // The judge is not blind.
    const broken = JSON.parse(sarif.write(CASES, '1.2.3').replace('"level": "error",', '"level": "fatal",').replace('"ruleIndex": 0', '"ruleIndex": 5').replace('"startLine": 7', '"startLine": 0')) as unknown;
    expect(sarifProblems(broken).length).toBe(3);
  });

  test('has a rule for each property, results that name theirs, known ones suppressed', () => {
    const { runs: [run] } = JSON.parse(sarif.write(CASES, '1.2.3')) as { runs: [{ tool: { driver: { rules: { id: string }[] } }; results: { ruleId: string; level: string; suppressions?: { justification: string }[]; locations: object[] }[] }] };
    expect(run.tool.driver.rules.map(({ id }) => id)).toEqual(['S-01', 'L-04']);
    expect(run.results.map(({ ruleId, level, suppressions }) => [ruleId, level, suppressions?.[0]?.justification])).toEqual([
      ['S-01', 'error', undefined], ['L-04', 'error', undefined], ['S-01', 'note', 'being worked on: 50%, "soon"'], ['S-01', 'note', 'it is in the file of known findings'],
    ]);
    // The file of the fragment where it is known, else that of the scenario.
    expect(run.results[0]!.locations).toMatchObject([{ physicalLocation: { artifactLocation: { uri: 'patches/my%20patch%2C1.ts' }, region: { startLine: 7 } } }]);
    expect(run.results[1]!.locations).toMatchObject([{ physicalLocation: { artifactLocation: { uri: 'scenarios/mine.json' } } }]);
  });

  test.each([['a/b c.ts', 'a/b%20c.ts'], ['./a.ts', 'a.ts'], ['/a/ü.ts', 'file:///a/%C3%BC.ts'], ['a\\b.ts', 'a/b.ts'], ['../a#1.ts', '../a%231.ts']])('a path %s is the reference %s', (path, uri) => expect(uriOf(path)).toBe(uri));
});

describe('github', () => {
  /** A workflow command as its runner reads it. */
  const read = (line: string): { level: string; properties: Record<string, string>; message: string } => {
    const [, level, all, data] = /^::(error|warning|notice) ((?:[a-z]+=[^,:\n]*,?)*)::([^\r\n]*)$/.exec(line)!;
    const plain = (text: string): string => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%');
    return { level: level!, properties: Object.fromEntries(all!.split(',').map((one) => one.split('=') as [string, string]).map(([name, value]) => [name, plain(value)])), message: plain(data!) };
  };

  test('is a line for each finding and each reason, and is read as it was meant', () => {
    const lines = github.write(CASES, '1').split('\n');
    expect(lines.pop()).toBe('');
    const all = lines.map(read);
    expect(all.map(({ level }) => level)).toEqual(['error', 'error', 'notice', 'notice', 'warning', 'warning']);
    expect(all[0]).toMatchObject({ properties: { file: 'patches/my patch,1.ts', line: '7', title: 'S-01: mine on my-patch' } });
    expect(all[0]!.message).toContain('100% sure\r\n> 12');
    expect(all[0]!.message).toContain("To repeat it:\n  npx --no faultline explore 'my scenario.json'");
    expect(all[1]!.properties).toEqual({ file: 'scenarios/mine.json', title: 'L-04: mine on my-patch' });
    expect(all[4]!.message).toContain('raise it with --states');
  });

  test('says nothing where nothing was found', () => expect(github.write([CASES[3]!], '1')).toBe(''));
});

describe('explore --report', () => {
  test('writes all three, beside what it prints; the command in them does it again', async () => {
    box.write('patch.ts', PATCH);
    const { code, out, err } = await box.run(['explore', 'SC01', '--kernel', './patch.ts', '--report', 'junit=j.xml,sarif=s.json', '--report', 'github']);
    expect([code, err]).toEqual([1, '']);
    expect(out).toContain('result     FOUND: S-01 (safety)');
    expect(out).toMatch(/^::error file=patch\.ts,line=3,title=S-01%3A SC01 on no-stale-test::S-01: /m);
    const failure = parseXml(box.read('j.xml').toString()).find('failure')!;
    const [, again] = /To repeat it:\n {2}npx --no faultline (.*)\n/.exec(failure.text)!;
    expect((await box.run(again!.split(' '))).code).toBe(1);
    const log = JSON.parse(box.read('s.json').toString()) as { runs: [{ results: { ruleId: string; partialFingerprints: Record<string, string>; locations: object[] }[] }] };
    expect(sarifProblems(log)).toEqual([]);
    // Two steps break S-01; the one whose fragment is the patch has its line.
    const place = { physicalLocation: { artifactLocation: { uri: 'patch.ts' }, region: { startLine: 3 } } };
    expect(log.runs[0].results).toContainEqual(expect.objectContaining({ ruleId: 'S-01', locations: [expect.objectContaining(place)] }));
    // Known from now on, by the same hash: nothing fails.
    box.write('known.json', JSON.stringify({ known: log.runs[0].results.map(({ ruleId, partialFingerprints }) => ({ id: ruleId, hash: partialFingerprints['shrunkSchedule/v1'], note: 'ours' })) }));
    expect((await box.run(['explore', 'SC01', '--kernel', './patch.ts', '--known', 'known.json', '--report', 'junit=j.xml', '--json'])).code).toBe(0);
    expect(parseXml(box.read('j.xml').toString()).attributes).toMatchObject({ tests: '1', failures: '0', skipped: '1' });
  });

  test('an exploration that was cut is an error of its case', async () => {
    expect((await box.run(['explore', 'SC15', '--kernel', 'v6.8-fixed', '--strategy', 'exhaustive', '--states', '1000', '--report', 'junit=cut.xml'])).code).toBe(5);
    expect(parseXml(box.read('cut.xml').toString()).find('error')!.attributes['message']).toContain('it was cut at its limit of 1,000 states');
  });

  test.each([
    ['junit', '--report junit needs a file: junit=FILE'], ['junti=a.xml', "there is no report 'junti'; did you mean 'junit'?"], ['sarif=no/where.json', 'cannot write no/where.json: there is no such file or folder'],
    ['sarif=', '--report takes the name of a file'],
  ])('%s is refused: %s', async (report, sentence) => {
    const { code, out, err } = await box.run(['explore', 'SC01', '--report', report]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(sentence);
    expect(err).toMatch(/^faultline: [^\n]+\n$/);
  });

  test('of parts that are merged says what one exploration of all of them does, and the command is that one', async () => {
    const sample = ['SC16', '--strategy', 'random', '--schedules', '300', '--jobs', '1'];
    for (const part of [1, 2]) expect((await box.run(['explore', ...sample, '--shard', `${part}/2`, '--out', `p${part}.json`])).code).toBe(0);
    const merged = await box.run(['merge', 'p1.json', 'p2.json', '--report', 'junit=merged.xml,sarif=merged.json', '--report', 'github']);
    expect([merged.code, merged.err]).toEqual([1, '']);
    expect(merged.out).toMatch(/^::error .*title=S-\d+%3A SC16 on v6\.8::/m);
    expect((await box.run(['explore', ...sample, '--report', 'sarif=whole.json'])).code).toBe(1);
    const told = (file: string) => {
      const { runs: [{ results }] } = JSON.parse(box.read(file).toString()) as { runs: [{ results: { ruleId: string; partialFingerprints: object }[] }] };
      return results.map(({ ruleId, partialFingerprints }) => ({ ruleId, partialFingerprints }));
    };
    expect(sarifProblems(JSON.parse(box.read('merged.json').toString()))).toEqual([]);
    expect(told('merged.json')).toEqual(told('whole.json'));
    const failure = parseXml(box.read('merged.xml').toString()).find('failure')!;
    const [, again] = /To repeat it:\n {2}npx --no faultline (.*)\n/.exec(failure.text)!;
    expect(again).toContain('explore SC16 --kernel v6.8 --strategy random --schedules 300');
    expect((await box.run(again!.split(' '))).code).toBe(1);
    // What is known fails nothing, of JSON neither.
    box.write('merged-known.json', JSON.stringify({ known: told('merged.json').map(({ ruleId, partialFingerprints }) => ({ id: ruleId, hash: (partialFingerprints as Record<string, string>)['shrunkSchedule/v1'] })) }));
    const known = await box.run(['merge', 'p1.json', 'p2.json', '--known', 'merged-known.json', '--json', '--report', 'junit=known.xml']);
    expect(known.code).not.toBe(1);
    expect(parseXml(box.read('known.xml').toString()).attributes).toMatchObject({ failures: '0' });
    expect((await box.run(['merge', 'p1.json', 'p2.json', '--json', '--report', 'github'])).err).toContain('both write to standard output');
  });

  test.each([[['--json', '--report', 'github'], 'both write to standard output'], [['--strategy', 'random', '--schedules', '5', '--shard', '1/2', '--out', 'p', '--report', 'github'], '--report is for what all parts have found']])('%s: %s', async (args, sentence) => {
    const { code, err } = await box.run(['explore', 'SC01', ...args]);
    expect(code).toBe(2);
    expect(err).toContain(sentence);
  });
});
