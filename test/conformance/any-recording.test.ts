// Any recording that is in order can be judged, whatever it does: what is asked for may be refused, left out or otherwise, never a defect.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mainline } from '../../machines/kernels/mainline.ts';
import { judge } from '../../src/conform/judge.ts';
import { MACHINES } from '../../src/conform/machines.ts';
import { readEntries } from '../../src/conform/read.ts';
import { OPERATIONS, type Kind, type Made } from '../../src/conform/vocabulary.ts';

const NUMBERS = [
  0, 1, 2, 3, 4, 5, 7, 8, 12, 16, 100, -1, -4096, 4095, 4096, 4097, 8192, 12_288, 16_384, 65_536, 2 ** 20, 2 ** 40, 268_435_456, 268_439_552,
  '0x7ffffffffffff000', '0xffffffffffffffff', '0xfffffffffffff000', '0x8000000000000000',
];
const WORDS: Readonly<Record<string, readonly unknown[]>> = {
  kind: ['read', 'write', 'exec', 'fill', 'check', 'memfd', 'eventfd', 'pipe', 'devzero', 'devnull'], method: ['madvise', 'debugfs', 'ioctl'], type: [0, 1, 2, 'SW_PROTECTED'],
  slot: [0, 1, 2, 3, 100, 65_537, 32_763, 40_000], cap: [231, 244, 'EXIT_HYPERCALL'], flags: [0, 1, 2, 3, 4],
};
/** Where something is to be found from the beginning. */
const BEGINNING = [
  { op: 'create_vm', args: { type: 1, as: 'v0' } }, { op: 'create_gmem', args: { vm: 'v0', size: 16_384, flags: 1, as: 'g0' } }, { op: 'anon', args: { len: 16_384, as: 'a0' } },
  { op: 'set_region2', args: { vm: 'v0', slot: 1, flags: 4, gpa: 268_435_456, size: 16_384, hva: 'a0', fd: 'g0', offset: 0 } }, { op: 'create_vcpu', args: { vm: 'v0', id: 0, as: 'c0' } },
];

/** A recording of `picks`, which say what is chosen next, each below 1. */
function recordingOf(picks: readonly number[]): object {
  let at = 0;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(picks[at++ % picks.length]! * list.length)]!;
  const handles: Record<Made, string[]> = { vm: ['v0'], vcpu: ['c0'], map: ['a0'], fd: ['g0', 'kvm'], pin: [] };
  let made = 0;
  const argument = (kind: Kind, name: string, inner: boolean): unknown => {
    switch (kind) {
      case 'number': return pick(NUMBERS);
      case 'word': return pick(WORDS[name] ?? NUMBERS);
      case 'flag': return pick([true, false]);
      case 'numbers': return [pick(NUMBERS), pick(NUMBERS)];
      case 'hva': return pick([...handles.map.flatMap((map) => [map, `${map}+4096`]), ...NUMBERS]);
      case 'fd': return pick([...handles.fd, ...handles.vm, ...handles.vcpu, -1, 99]);
      case 'step': return inner ? undefined : stepOf(pick(Object.keys(OPERATIONS)), true);
      case 'steps': return inner ? undefined : [stepOf(pick(['set_attr', 'fallocate', 'prefault', 'set_region2']), true)];
      default: return handles[kind].length === 0 ? undefined : pick(handles[kind]);
    }
  };
  const stepOf = (op: string, inner = false): { op: string; args: Record<string, unknown>; res?: object } => {
    const { args: kinds, makes } = OPERATIONS[op]!;
    const args: Record<string, unknown> = {};
    for (const [name, kind] of Object.entries(kinds)) {
      const value = argument(kind.replace('?', '') as Kind, name, inner);
      if (value === undefined && !kind.endsWith('?')) return { op: 'sleep', args: { ms: 1 } };
      if (value !== undefined) args[name] = value;
    }
    if (makes !== undefined) {
      args['as'] = `${makes[0]!}x${made++}`;
      handles[makes].push(args['as'] as string);
    }
    return { op, args };
  };
  const steps = [...BEGINNING, ...Array.from({ length: 12 }, () => stepOf(pick(Object.keys(OPERATIONS))))];
  return { id: 'any', tags: [], steps: steps.map((step) => ({ ...step, res: { ret: 0 } })) };
}

test('any recording in order is judged', () => {
  fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { minLength: 60, maxLength: 200 }), (picks) => {
    const all = readEntries(JSON.stringify(recordingOf(picks)), 'any');
    if (all.form !== 'recordings') throw new Error(all.form);
    const { verdicts } = judge(all.entries, mainline, MACHINES['7.3.4']!)[0]!;
    expect(verdicts).toHaveLength(BEGINNING.length + 12);
    expect(verdicts.slice(0, 2).map(({ kind }) => kind)).toEqual(['different', 'different']);
  }), { numRuns: 60 });
});
