import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import noStaleTest from '../../examples/no-stale-test.ts';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { explain } from '../../src/explore/explain.ts';
import { namedSchedule } from '../../src/explore/named-schedule.ts';
import { pastedTest } from '../../src/explore/pasted-test.ts';
import { Player } from '../../src/explore/player.ts';
import { shrinkReport, testOf } from '../../src/explore/shrink-report.ts';
import { shrink, type Shrunk } from '../../src/explore/shrink.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';
import { failing, randomSchedule, spinningFailure } from '../support/failing.ts';
import { locklessKernels } from '../support/lockless.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import type { Scenario } from '../../src/scenario/types.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const named = (name: string): Scenario => builtinScenario(name)!;
const shrunkOf = (name: string, kernel: Kernel = v6_8, id?: string): Shrunk => {
  const [one] = failing(kernel, named(name), id === undefined ? {} : { id });
  return shrink(kernel, one!.topology, { kind: one!.broken.kind, schedule: one!.schedule }, { scenario: named(name) });
};
/** A shrunk finding of an analysis. */
function analysed(name: string, kernel: Kernel, kind: 'race' | 'lock-order'): Shrunk {
  const topology = compile(named(name), kernel);
  const player = new Player(kernel, topology, { analysed: true, invariants: [] });
  let played = player.play([]);
  for (let seed = 1; !played.atEnd.some((one) => one.kind === kind); seed++) played = player.play(randomSchedule(kernel, topology, seed), { strict: true });
  const broken = played.atEnd.find((one) => one.kind === kind)!;
  return shrink(kernel, topology, { ...broken, schedule: played.steps }, { scenario: named(name), invariants: [] });
}
const spinning = (): Shrunk => {
  const { scenario, topology, schedule, loop } = spinningFailure(v6_8);
  return shrink(v6_8, topology, { kind: 'livelock', schedule, loop }, { scenario });
};
const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

const deadlock = shrunkOf('SC22');
const freed = shrunkOf('SC26');
const mutant = shrunkOf('SC01', noStaleTest);
const order = analysed('SC22', v6_8, 'lock-order');

describe('the report of a finding', () => {
  it.each([['SC22', deadlock], ['SC26', freed]] as const)('is what a person has read and found right: %s', async (name, shrunk) => {
    const text = shrinkReport(v6_8, shrunk, { commands: ['npx --no faultline replay bug.trace'] });
    await expect(text).toMatchFileSnapshot(`reports/${name}.txt`);
    expect(widest(text)).toBeLessThanOrEqual(78);
  });

  it('names the pair on data that a moved lock turns round', () => {
    const { pair, reordering, waits } = explain(noStaleTest, mutant);
    expect(pair).toMatchObject({
      first: { at: 42, actor: 'main.gmem', step: 'mmu.zapNext', wrote: false, holds: ['invalidate_lock(inode 1)', 'mmu_lock(vm 0)'] },
      second: { at: 50, actor: 'vcpu0', step: 'fault.map', wrote: true, holds: ['vcpu_lock(vcpu 0)', 'srcu', 'mmu_lock(vm 0) shared'] },
      objects: ['spte(vm 0, root 0, gfn 0)'], ordered: true, missing: [],
    });
    expect(reordering).toMatchObject({ actor: 'vcpu0', from: 49, to: 49, moved: 1, place: 'before', step: 39, ended: true });
    expect(waits).toEqual([]);
  });

  it('says what nothing orders, and which lock one side lacks', () => {
    const { pair, reordering } = explain(v6_8, freed);
    expect(pair).toMatchObject({
      first: { at: 4, actor: 'closer.gmem', step: 'fd.putRemoved', holds: [] }, second: { at: 39, actor: 'deleter.vm', step: 'unbind.tryGetFile', holds: ['slots_lock(vm 0)'] },
      objects: ['file(file 1)'], ordered: false, missing: ['slots_lock(vm 0)'],
    });
    expect(reordering).toMatchObject({ actor: 'closer.gmem', from: 4, to: 4, moved: 1, place: 'behind', step: 39, ended: true });
  });

  it('shows a passing schedule that passes: played to its end, nothing breaks, and it is the failing one but for what was moved', () => {
    for (const [kernel, shrunk] of [[v6_8, freed], [noStaleTest, mutant], [v6_8, deadlock]] as const) {
      const { reordering, steps } = explain(kernel, shrunk);
      const passing = reordering!.steps as Parameters<typeof namedSchedule>[1];
      const played = new Player(kernel, shrunk.topology, { cycles: true }).play(passing, { strict: true });
      expect(played.broken).toBeUndefined();
      expect(played.steps.length).toBe(passing.length);
      expect(reordering!.steps.slice(0, 3)).toEqual(steps.slice(0, 3));
    }
  });

  it('says who waits for whom, for what, since when', () => {
    expect(explain(v6_8, deadlock).waits.filter(({ object }) => !object.startsWith('mailbox'))).toEqual([
      { actor: 'main.gmem', step: 'folio.lock', leaf: 'fallocate.carryOut.punch.truncate.lock', object: 'folio_lock(pfn 1)', holders: [{ actor: 'hw.mf', since: 21 }] },
      { actor: 'hw.mf', step: 'inode.downRead', leaf: 'event.check.handle.file.lock', object: 'invalidate_lock(inode 1)', holders: [{ actor: 'main.gmem', since: 5 }] },
    ]);
    expect(explain(v6_8, deadlock).reordering).toMatchObject({ actor: 'hw.mf', from: 21, to: 22, place: 'until', ended: true });
  });

  it('prints both chains of a lock order, and the two accesses of a race', () => {
    const text = shrinkReport(v6_8, order);
    expect(text).toContain('folio_lock -> invalidate_lock: hw.mf');
    expect(text).toContain('invalidate_lock -> folio_lock: main.gmem');
    expect(text).toMatch(/^S-17 possible deadlock: locks are taken in an order that can hang/);
    const { kernel, scenario } = locklessKernels[0]!;
    const race = analysed(scenario, kernel, 'race');
    const other = shrinkReport(kernel, race, { invariants: [] });
    expect(other).toMatch(/^data race: /);
    expect(other).toContain('The two accesses:\n  A step');
    expect(other).toContain('Nothing orders them');
    for (const one of [text, other]) expect(widest(one)).toBeLessThanOrEqual(78);
  });
});

describe('the test to paste', () => {
  const folder = join(root, `test/explore/pasted-${process.pid}.tmp`);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is executed as it stands, for findings of every kind, and fails where the finding is not', () => {
    const example = join(root, 'examples/no-stale-test.ts');
    const { kernel: lockless, scenario } = locklessKernels[0]!;
    const race = analysed(scenario, lockless, 'race');
    const leak = shrunkOf('SC21', v6_8, 'S-19');
    // A kernel that is in no file of its own: the test imports it from where a person would have it.
    writeFolder(folder, {
      'lockless.ts': "import { locklessKernels } from '../../support/lockless.ts';\n\nexport default locklessKernels[0]!.kernel;\n",
      'sc22.test.ts': testOf(deadlock, 'v6.8')!, 'sc26.test.ts': testOf(freed, 'v6.8')!, 'sc01.test.ts': testOf(mutant, { from: example })!,
      'order.test.ts': testOf(order, 'v6.8')!, 'race.test.ts': testOf(race, { from: './lockless.ts' })!, 'sc33.test.ts': testOf(shrunkOf('SC33'), 'v6.8')!,
      'loop.test.ts': testOf(spinning(), 'v6.8')!, 'sc21.test.ts': testOf({ ...leak, broken: { ...leak.broken, kind: 'leak' } }, 'v6.8')!,
      'sc16.test.ts': testOf(shrunkOf('SC16'), 'v6.8')!,
      'mended.test.ts': testOf(freed, 'v6.8-fixed')!,
    });
    expect(mutant.smaller).toBe(true);
    expect(leak.smaller).toBe(true);
    const { stdout } = spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', folder, '--reporter=json', '--no-isolate', '--no-file-parallelism'], { cwd: root, encoding: 'utf8' });
    const { testResults } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as { testResults: { name: string; status: string; message: string }[] };
    const status = Object.fromEntries(testResults.map((one) => [one.name.split('/').at(-1)!.replace('.test.ts', ''), one.status]));
    expect(status, testResults.map(({ message }) => message).join('\n')).toEqual({
      sc22: 'passed', sc26: 'passed', sc01: 'passed', order: 'passed', race: 'passed', sc33: 'passed', sc16: 'passed', loop: 'passed', sc21: 'passed', mended: 'failed',
    });
  });

  it('stays within 78 columns, and quotes what a name may hold', () => {
    for (const shrunk of [deadlock, freed, mutant]) expect(widest(testOf(shrunk, 'v6.8')!)).toBeLessThanOrEqual(78);
    const text = pastedTest({ broken: { kind: 'safety', id: 'S-01', key: 'S-01 fault.map' }, schedule: [["it's", 2, 0]], scenario: "a'b\\c", kernel: 'v6.8' });
    expect(text).toContain("    ['it\\'s', 2, 0],\n");
    expect(text).toContain("test('a\\'b\\\\c breaks S-01 on v6.8', () => {");
  });
});

function writeFolder(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  expect(readFileSync(join(folder, Object.keys(files)[0]!), 'utf8')).toBe(Object.values(files)[0]);
}
