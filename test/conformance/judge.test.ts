// The judge notices: what is altered in a recording, what another kernel does, what a patch breaks.

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mainline } from '../../machines/kernels/mainline.ts';
import { v6_18 } from '../../machines/kernels/v6.18.ts';
import { deriveKernel } from '../../src/kernel/define.ts';
import { mismatches } from '../../src/conform/compare.ts';
import { judge } from '../../src/conform/judge.ts';
import { loadEntries, sideMachine } from '../../src/conform/load.ts';
import type { Recording, Result } from '../../src/conform/recording.ts';
import { summaryOf } from '../../src/conform/summary.ts';
import { unmet } from '../../src/conform/expect.ts';

function committed(name: string): { entries: readonly Recording[]; machine: NonNullable<ReturnType<typeof sideMachine>>['machine'] } {
  const path = join(import.meta.dirname, `${name}.jsonl.gz`);
  const all = loadEntries(path);
  if (all.form !== 'recordings') throw new Error(name);
  return { entries: all.entries, machine: sideMachine(path)!.machine };
}

/** The result with one of its fields, the n-th, told otherwise. */
function altered(result: Result, n: number): Result {
  const names = Object.keys(result);
  const name = names[n % names.length]!;
  const value = result[name];
  const other = (): unknown => {
    if (typeof value === 'number') return value + 1;
    if (typeof value === 'boolean') return !value;
    if (name === 'errno') return value === 'EPERM' ? 'EIO' : 'EPERM';
    if (typeof value === 'string') return `${value}x`;
    if (Array.isArray(value)) return [...value, [1, 1]];
    return { ...(value as object), flags: -1 };
  };
  return { ...result, [name]: other() };
}

describe('a recording that was altered', () => {
  test.each(['kernel-6.18-handmade', 'kernel-7.3-named'])('%s: one field of one step of each case, and exactly that step differs', (name) => {
    const { entries, machine } = committed(name);
    const places = new Map<string, number>();
    const changed = entries.map((entry, n): Recording => {
      const place = (n * 7919) % entry.steps.length;
      places.set(entry.id, place);
      return { ...entry, steps: entry.steps.map((step, k) => (k === place ? { ...step, res: altered(step.res!, n) } : step)) };
    });
    for (const { recording, verdicts } of judge(changed, name.includes('6.18') ? v6_18 : mainline, machine)) {
      const different = verdicts.flatMap(({ kind }, k) => (kind === 'different' ? [k] : []));
      expect(different, recording.id).toEqual([places.get(recording.id)]);
    }
  });

  test('a step that is left out moves what comes behind it', () => {
    const { entries, machine } = committed('kernel-7.3-named');
    const entry = entries.find(({ id }) => id === 'close-while-bound')!;
    const without = { ...entry, steps: entry.steps.filter(({ op }) => op !== 'close') };
    expect(judge([without], mainline, machine)[0]!.verdicts.some(({ kind }) => kind === 'different')).toBe(true);
  });
});

describe('another kernel', () => {
  const differing = (name: string, kernel: typeof mainline): string[] => {
    const { entries, machine } = committed(name);
    const { differences } = summaryOf(judge(entries, kernel, machine), kernel, machine, 0);
    return [...new Set(differences.map(({ op, fields }) => `${op} ${fields.map(({ field, expected, got }) => `${field} ${String(expected)} ${String(got)}`).join()}`))];
  };

  test('7.3 and 6.18 differ in what they answer to a file range that is bound twice, and in nothing else', () => {
    expect(differing('kernel-7.3-named', v6_18)).toEqual(['set_region2 errno EEXIST EINVAL']);
    expect(differing('kernel-6.18-handmade', mainline)).toEqual(['set_region2 errno EINVAL EEXIST']);
  });

  test('a patch that leaves out a check differs, and the transition that decided is named', () => {
    const { entries, machine } = committed('kernel-7.3-named');
    const patched = deriveKernel(mainline, { name: 'no-overlap-test', fragments: { 'gmem.bind': (edit) => edit.remove('overlap', 'file') } });
    const { differences } = summaryOf(judge(entries, patched, machine), patched, machine, 1);
    expect(differences.length).toBeGreaterThan(0);
    expect(differences[0]).toMatchObject({ op: 'set_region2', fields: [{ field: 'ret', expected: -1, got: 0 }, { field: 'errno', expected: 'EEXIST', got: undefined }], decided: { actor: 'main.vm', machine: 'vm-op' } });
  });
});

describe('what is compared', () => {
  test('every field that was recorded, whatever else the model tells', () => {
    expect(mismatches({ ret: 0 }, { ret: 0, size: 7 })).toEqual([]);
    expect(mismatches({ ret: 0, size: 4096 }, { ret: 0 })).toEqual([{ field: 'size', expected: 4096, got: undefined }]);
    expect(mismatches({ payload: { gpa: 1, flags: 8 } }, { payload: { gpa: 1, flags: 0 } })).toEqual([{ field: 'payload.flags', expected: 8, got: 0 }]);
    expect(mismatches({ data: [[0, 4]] }, { data: [[0, 3], [1, 1]] })).toHaveLength(1);
    expect(mismatches({ args: ['0xF0', 1] }, { args: [240, '0x1'] })).toEqual([]);
  });

  test('a failure, a signal, an exit of the model alone', () => {
    for (const field of ['errno', 'signal', 'exit_reason', 'skipped']) expect(mismatches({ done: 1 }, { done: 1, [field]: 'x' })).toEqual([{ field, expected: undefined, got: 'x' }]);
  });

  test.each([
    [{ ret: -1, errno: '*' }, { ret: -1, errno: 'EIO' }, true], [{ ret: -1, errno: '*' }, { ret: 0 }, false],
    [{ ret_mask: 2 }, { ret: 3 }, true], [{ ret_mask: 2 }, { ret: 5 }, false],
    [{ exit_reason: ['A', 'B'] }, { exit_reason: 'B' }, true], [{ exit_reason: ['A', 'B'] }, { exit_reason: 'C' }, false],
    [{ signal: null }, { done: 1 }, true], [{ signal: null }, { done: 0, signal: 'SIGBUS' }, false],
    [{ any_of: [{ ret: 0 }, { ret: -1, errno: 'EAGAIN' }] }, { ret: -1, errno: 'EAGAIN' }, true], [{ any_of: [{ ret: 0 }] }, { ret: -1, errno: 'EIO' }, false],
    [{ payload: { flags: 8 } }, { exit_reason: 'MEMORY_FAULT', payload: { gpa: 1, flags: 8 } }, true], [{ payload: { flags: 8 } }, { payload: { flags: 0 } }, false],
  ])('%j and %j', (expect_, got, met) => {
    expect(unmet(expect_, got).length === 0).toBe(met);
  });
});
