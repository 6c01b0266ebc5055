// faultline bugs as a person calls it.

import { afterAll, describe, expect, test } from 'vitest';
import { kernels } from '../../machines/kernels/index.ts';
import { Sandbox } from '../support/command.ts';

const box = new Sandbox();
afterAll(() => box.remove());

box.write('claims.ts', `import { deriveKernel, kernels } from 'faultline';
export default deriveKernel(kernels.find((one) => one.name === 'mainline')!, {
  name: 'claims', bugs: [{ id: 'X-1', breaks: 'Nothing breaks.', scenario: 'SC35', shownBy: ['S-01'], fixedIn: 'mainline' }],
});
`);

interface Found {
  readonly exitCode: number; readonly kernel: string; readonly findings: readonly { readonly id: string }[];
  readonly without: readonly { readonly kernel: string; readonly gone: boolean; readonly explored: { readonly complete?: boolean } }[];
}

describe('bugs ID', () => {
  test('the bug, its schedule, and kernels without it', async () => {
    const { code, out, err } = await box.run(['bugs', 'g4-b14', '--kernel', 'v6.8']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^bug {8}G4-B14: Binding a range of a file twice/);
    expect(out).toMatch(/^S-22 broken: /m);
    expect(out).toContain('without    mainline: gone in every interleaving\n           v6.8-fixed: gone in every interleaving\n');
    expect(out).toContain('result     found in v6.8 as told, and gone in mainline and v6.8-fixed\n');
    // The trace is the finding's: it replays to the same end, and shows.
    expect((await box.run(['replay'])).code).toBe(1);
    expect(out.split('\n').filter((line) => line.length > 78 && !line.startsWith('  npx'))).toEqual([]);
  });

  test('in another kernel that has it: where no release has lost it, on its twin alone; as JSON', async () => {
    const { code, out } = await box.run(['bugs', 'G4-B5', '--kernel', 'mainline', '--json']);
    const said = JSON.parse(out) as Found;
    expect([code, said.exitCode, said.kernel, said.findings.map(({ id }) => id)]).toEqual([0, 0, 'mainline', ['S-22']]);
    expect(said.without.map(({ kernel, gone, explored }) => [kernel, gone, explored.complete])).toEqual([['mainline-fixed', true, true]]);
  });

  test('in a kernel of one\'s own, which claims to have one and has not: 5', async () => {
    const claimed = await box.run(['bugs', 'X-1', '--kernel', './claims.ts']);
    expect([claimed.code, claimed.err]).toEqual([5, '']);
    expect(claimed.out).toContain('NOT FOUND: nothing that was tried shows X-1 in claims');
  });

  test('one that cannot be shown: 5, with the reason', async () => {
    const { code, out } = await box.run(['bugs', 'G4-B12']);
    expect(code).toBe(5);
    expect(out.replace(/\s+/g, ' ')).toContain('NOT SHOWN: A synchronize_rcu that waits for nobody is a step without an effect');
  });
});

describe('bugs', () => {
  test('lists those of a kernel, each found in both ways, and where it was mended', async () => {
    const { code, out } = await box.run(['bugs', 'mainline', '--json']);
    expect(code).toBe(0);
    const { bugs } = JSON.parse(out) as { bugs: { id: string; mendedIn: string; looks: { way: string; foundBy: string | null }[] }[] };
    expect(bugs.map(({ id }) => id)).toEqual(['FL-1', 'G4-B5', 'G4-B8', 'G4-B10', 'G4-B11', 'P2']);
    expect(bugs.map(({ id }) => id).toSorted()).toEqual(kernels.find(({ name }) => name === 'mainline')!.bugs.map(({ id }) => id).toSorted());
    for (const { id, mendedIn, looks } of bugs) expect([id, mendedIn, ...looks.map(({ foundBy }) => foundBy !== null)]).toEqual([id, id === 'G4-B8' ? 'conversions-2026' : 'mainline-fixed', true, true]);
  });

  test('in words', async () => {
    const { code, out } = await box.run(['bugs', 'v6.8']);
    expect(code).toBe(0);
    const text = out.replace(/\s+/g, ' ');
    expect(text).toMatch(/G4-B9 A bind whose end wraps [^.]*\. SC35: exhaustive S-22 in \d+ states, portfolio S-22 in 1 schedule\. Mended in mainline\./);
    expect(text).toMatch(/Mended in no release; v6\.8-fixed is without it\./);
    // Those that are shown in the order of their numbers, then the others.
    expect([...out.matchAll(/^ {2}G4-B(\d+) /gm)].map(([, id]) => Number(id))).toEqual([1, 2, 3, 4, 5, 8, 9, 10, 11, 14, 7, 12, 13]);
    expect(text).toContain('10 of 10 known bugs found; 3 cannot be shown');
    expect(out.split('\n').filter((line) => line.length > 78)).toEqual([]);
  });

  test.each([
    [['G4-B20'], /there is no known bug 'G4-B20'; did you mean 'G\d-B/], [['G4-B1', '--kernel', 'mainline'], /mainline does not have G4-B1, as far as is known; v6\.8 has it/],
    [['v6.8', '--kernel', 'mainline'], /--kernel is for one bug/], [['v6.13'], /no known bug 'v6\.13'; did you mean 'v6\.1/],
    [[''], /no known bug without an id/],
  ])('%j is refused in one sentence, 2', async (args, sentence) => {
    const { code, out, err } = await box.run(['bugs', ...args]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(sentence);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
});
