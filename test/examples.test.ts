// The examples that are programs do what they say.

import { readFileSync } from 'node:fs';
import { afterAll, expect, test, vi } from 'vitest';
import { Sandbox } from './support/command.ts';

const box = new Sandbox();
afterAll(() => box.remove());

test('docs/api.md shows the heart of own-vmm.ts as it is', () => {
  const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
  const heart = /^cpu\.outbox[^]*?^\}\);\n/m.exec(read('examples/own-vmm.ts'))![0];
  expect(read('docs/api.md')).toContain(heart);
});

test('own-vmm.ts answers exits and the run replays', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  const { said, bytes } = await import('../examples/own-vmm.ts');
  expect(log.mock.calls).toEqual([[said.join('\n')]]);
  log.mockRestore();
  expect(said).toEqual([
    'exit HYPERCALL, errno ok, page 1',
    'exit MEMORY_FAULT, errno EHWPOISON, page 0',
    'page 0 is punched out',
    'finished, nothing broken',
  ]);
  box.write('own.trace', bytes);
  const replayed = await box.run(['replay', 'own.trace']);
  expect([replayed.code, replayed.err]).toEqual([0, '']);
  const shown = await box.run(['show', 'own.trace', '--actor', 'outside,cpu0,hw']);
  expect([shown.code, shown.err]).toEqual([0, '']);
  expect(shown.out.match(/to (vcpu1|cpu1|cpu0|hw|main)/g)).toEqual(['to cpu1', 'to cpu0', 'to hw', 'to main', 'to cpu0']);
  expect(shown.out.split('\n').filter((line) => line.length > 78)).toEqual([]);
  const exported = await box.run(['export', 'own.trace']);
  const steps = exported.out.trim().split('\n').map((line) => JSON.parse(line) as { actor?: string; injection?: object; messages?: { from: string; message: string }[] });
  expect(steps.filter(({ actor }) => actor === 'outside').map(({ injection, messages }) => [injection !== undefined, messages?.map(({ from, message }) => `${from} ${message}`)])).toEqual([
    [true, ['outside command']], [true, ['outside decision']], [true, ['outside command']], [true, ['outside command']], [true, ['outside decision']],
  ]);
  // What came in is a cause like any other, and a part of what is compared.
  const at = (steps as { step?: number; actor?: string }[]).find(({ actor }) => actor === 'outside')!.step!;
  const why = await box.run(['why', 'own.trace', 'mailbox(cpu1).type', '--at', String(at)]);
  expect([why.code, why.err]).toEqual([0, '']);
  expect(why.out).toContain(`step ${at}: outside, inject\n`);
  expect((await box.run(['diff', 'own.trace', 'own.trace'])).code).toBe(0);
  const elsewhere = await box.run(['replay', 'own.trace', '--kernel', 'v6.8']);
  expect(elsewhere.err).toBe('');
  expect(elsewhere.out).toContain('schedule   on kernel v6.8: ');
});

test('docs/api.md shows explore-search.ts as it is, which finds the deadlock of SC22 both ways', async () => {
  const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
  expect(read('docs/api.md')).toContain(read('examples/explore-search.ts').split('\n').slice(2).join('\n'));
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  const { said } = await import('../examples/explore-search.ts');
  expect(log.mock.calls).toEqual([[said.join('\n')]]);
  log.mockRestore();
  expect(said.slice(1)).toEqual([
    'SC22: 904 states, all there are',
    'deadlock: L-04 folio.lock>folio_lock inode.downRead>invalidate_lock',
    'shown by 22 steps and 3 context switches',
    'sampled 500 schedules: L-04, S-17',
  ]);
  expect(said[0]).toMatch(/^\d+ states so far$/);
});
