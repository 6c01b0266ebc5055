// What is broken and known is called by its name.

import { afterAll, expect, test } from 'vitest';
import { knownFindingLines, knownLines } from '../../src/cli/known.ts';
import { deriveKernel } from '../../src/kernel/define.ts';
import { M02, v6_8 } from '../support/recorded.ts';
import { Sandbox } from '../support/command.ts';

const box = new Sandbox();
const NOWHERE = 'WHAT G4-B10 of v6.8, mended only in v6.8-fixed';
afterAll(() => box.remove());

test.each([
  ['its own scenario', v6_8, 'SC21', 'S-19', ['known: G4-B1 of v6.8, mended in v6.12']],
  ['a scenario that shows it too', v6_8, 'SC19', 'S-19', ['known: G4-B1 of v6.8, mended in v6.12']],
  ['another scenario', v6_8, 'mine', 'S-19', ['may be G4-B1 of v6.8, mended in v6.12']],
  ['a kernel derived from one that has it', M02, 'SC21', 'S-19', ['known: G4-B1 of v6.8, mended in v6.12']],
  ['what a kernel says it has mended', deriveKernel(v6_8, { name: 'mine', mended: ['G4-B1'] }), 'SC21', 'S-19', ['as G4-B1 of v6.8, which mine says is mended']],
  ['nothing that is known', v6_8, 'SC01', 'S-01', []],
])('%s', (_what, kernel, scenario, id, lines) => expect(knownLines(kernel, scenario, id).map((one) => one.trim())).toEqual(lines));

test('a lock order or a data race that is known is the bug that has it', () => {
  const lines = (kind: 'lock-order' | 'race' | 'deadlock', id: string, key: string): string[] => knownFindingLines(v6_8, 'stress', { kind, id, key }).map((one) => one.trim());
  expect(lines('lock-order', 'S-17', 'S-17 invalidate_lock folio_lock')).toEqual([NOWHERE.replace('WHAT', 'known:')]);
  expect(lines('lock-order', 'S-17', 'S-17 mmu_lock folio_lock')).toEqual([]);
  expect(lines('race', 'data-race', 'data-race memslot gmem.nextBoundSlot memslot.freeOld')).toEqual(['known: G4-B3 of v6.8, mended in v6.18']);
  expect(lines('deadlock', 'L-04', 'L-04 any')).toEqual([NOWHERE.replace('WHAT', 'may be')]);
});

test('a deadlock that is known is named below it', async () => {
  const below = /DEADLOCK behind step 22: nobody can go on known: G4-B10 of v6\.8, mended only in v6\.8-fixed(?= main waits|$)/;
  expect((await box.run(['run', 'SC22', '--seed', '3'])).out.replaceAll(/\s+/g, ' ')).toMatch(below);
  expect((await box.run(['replay'])).out.replaceAll(/\s+/g, ' ').trim()).toMatch(below);
});
