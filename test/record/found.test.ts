// What the fuzz has found: cases in which the model once did something else than Linux 6.18.

import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { v6_18 } from '../../machines/kernels/v6.18.ts';
import { judge } from '../../src/conform/judge.ts';
import { loadEntries, sideMachine } from '../../src/conform/load.ts';
import type { Recording } from '../../src/conform/recording.ts';

const file = fileURLToPath(new URL('found-6.18.jsonl', import.meta.url));
const recordings = loadEntries(file).entries as readonly Recording[];

it.each(judge(recordings, v6_18, sideMachine(file)!.machine).map(({ recording, verdicts }) => ({ id: recording.id, verdicts })))('$id', ({ verdicts }) => {
  expect(verdicts.filter(({ kind }) => kind !== 'equal')).toEqual([]);
});
