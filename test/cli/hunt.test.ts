// faultline hunt, as a person calls it.

import { afterAll, describe, expect, test } from 'vitest';
import { Sandbox } from '../support/command.ts';

const box = new Sandbox();
afterAll(() => box.remove());

interface Said { readonly causes: { readonly bugs: string[]; readonly first: number }[]; readonly searched: number; readonly next: number; readonly exitCode: number }

describe('hunt', () => {
  test('names the known bugs that it finds, and writes for each a scenario that shows it and a trace that replays', async () => {
    const { code, out, err } = await box.run(['hunt', '--kernel', 'v6.8', '--from', '18', '--scenarios', '1', '--out', 'found', '--state', 'hunt.json']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('known      G4-B1, shown by S-19 (');
    expect(out).toContain('no news; 1 of the kernel\'s 10 known bugs were found');
    expect((await box.run(['explore', 'found/G4-B1.json', '--kernel', 'v6.8'])).code).toBe(1);
    expect((await box.run(['explore', 'found/G4-B1.json', '--kernel', 'v6.8-fixed'])).code).toBe(0);
    expect((await box.run(['replay', 'found/G4-B1.trace'])).code).toBe(1);
  });

  test('finds from nothing how memory failure and a hole stop each other in 7.3', async () => {
    const { code, out } = await box.run(['hunt', '--kernel', 'mainline', '--seed', '1', '--from', '8', '--scenarios', '1']);
    expect(code).toBe(0);
    expect(out).toContain('known      G4-B10, shown by L-04 (deadlock)');
  });

  test('goes on where its file says', async () => {
    const { code, out } = await box.run(['hunt', '--kernel', 'v6.8', '--scenarios', '1', '--state', 'hunt.json', '--json']);
    const said = JSON.parse(out) as Said;
    expect([code, said.next]).toEqual([0, 20]);
    expect(said.causes.map(({ first }) => first)).toContain(18);
  });

  test('finds with several jobs what it finds with one', async () => {
    const said = async (jobs: string): Promise<Said> => JSON.parse((await box.run(['hunt', '--kernel', 'v6.8', '--from', '9', '--scenarios', '2', '--jobs', jobs, '--json'])).out) as Said;
    const [one, two] = [await said('1'), await said('2')];
    expect(two).toEqual(one);
    expect(two.causes.map(({ bugs }) => bugs.join())).toEqual(['G4-B11', 'G4-B9']);
  });

  test('ends with 1 when there is news', async () => {
    box.write('patch.ts', `import { deriveKernel, kernels } from 'faultline';
export default deriveKernel(kernels.find((one) => one.name === 'v6.8-fixed')!, { name: 'no-stale-test', fragments: { 'mmu.fault': (edit) => edit.remove('stale', 'map') } });
`);
    const { code, out } = await box.run(['hunt', '--kernel', './patch.ts', '--from', '3', '--scenarios', '1', '--out', 'news']);
    expect(code).toBe(1);
    expect(out).toMatch(/^result {5}NEWS: /m);
    const [, name] = /npx --no faultline explore (news\/\S+)\.json --kernel \.\/patch\.ts/.exec(out)!;
    const replayed = await box.run(['replay', `${name!}.trace`, '--trust']);
    expect(replayed.code).toBe(1);
    expect(replayed.out).toContain('S-04');
  });

  test('ends in order when it is interrupted, with what it has until then', async () => {
    const { code, out } = await box.run(['hunt', '--kernel', 'v6.8', '--minutes', '60', '--out', 'until'], { interruptWhen: () => box.has('until/G4-B10.json') });
    expect(code).toBe(130);
    expect(out).toMatch(/^result {5}interrupted; until then no news; [1-9]\d* of the kernel's/m);
  });

  test.each([
    [['--seed', '2', '--state', 'hunt.json'], 'is of a hunt with seed 1, not 2'],
    [['--from', '2', '--state', 'hunt.json'], '--from does not go with hunt.json'],
    [['--kernel', 'v6.8-fixed', '--state', 'hunt.json'], 'is of a hunt on other sources'],
    [['--state', 'bad.json'], 'bad.json is not JSON'],
    [['--state', 'other.json'], 'other.json is not the state of a hunt: format'],
    [['--minutes', '-1'], '--minutes: it takes a number'],
    [['--kernel', 'v6.9'], "there is no kernel 'v6.9'"],
  ])('refuses %j in one sentence', async (args, sentence) => {
    box.write('bad.json', '{');
    box.write('other.json', '{}');
    const { code, out, err } = await box.run(['hunt', ...args]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(sentence);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});
