// The model against the kernel that runs here: drawn cases are recorded on /dev/kvm and judged, and a difference is made small. FC_SEED=n draws
// other cases, FUZZ_RUNS=n more of them.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtinKernel } from '../../machines/kernels/index.ts';
import type { Machine } from '../../src/conform/config.ts';
import { judge, type Verdict } from '../../src/conform/judge.ts';
import type { Recording } from '../../src/conform/recording.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import { readCases } from '../../src/record/cases.ts';
import { differences } from '../../src/record/differences.ts';
import { record, type RecordOptions } from '../../src/record/sequence.ts';
import { recorderProgram } from '../../src/record/program.ts';
import { asRecorded, machineHere, modelHere, noGmem, titled } from '../support/kvm.ts';
import { cases } from '../support/random-case.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 300);
/** Moves of a case. */
const MOST = 30;
const options = (): RecordOptions => ({ program: recorderProgram(), seconds: 10 });

/** Records one case, which must come to its end. */
async function recorded(steps: Recording['steps']): Promise<Recording> {
  const { case: one, cut } = await record({ id: 'drawn', tags: [], steps }, options());
  expect(cut).toBeUndefined();
  // What the recorder would not do says nothing of the kernel, and what comes behind it neither.
  const end = one.steps.findIndex(({ res }) => res?.['skipped'] !== undefined && res['skipped'] !== 'no mapping');
  return JSON.parse(asRecorded(JSON.stringify({ ...one, steps: end < 0 ? one.steps : one.steps.slice(0, end), line: 1 }))) as Recording;
}

/** A difference, with the case as a line of a file. */
const told = (one: Recording, what: string): Error => new Error(`${what}; the case is\n${JSON.stringify({ ...one, line: undefined })}`);

function verdictsOf(one: Recording, kernel: Kernel, machine: Machine): readonly Verdict[] {
  try {
    return judge([one], kernel, machine)[0]!.verdicts;
  } catch (error) {
    throw told(one, `the model fails: ${(error as Error).message}`);
  }
}

describe.skipIf(noGmem !== undefined)(titled('cases that are drawn', noGmem), () => {
  it('are cases, and a kernel answers them the same again', async () => {
    let compared = 0;
    await fc.assert(fc.asyncProperty(cases(MOST), async (steps) => {
      expect(readCases(`${JSON.stringify({ id: 'drawn', steps })}\n`, 'drawn')).toHaveLength(1);
      const [first, second] = [await recorded(steps), await recorded(steps)];
      const again = differences(first as never, second as never);
      compared += again.compared;
      expect(again.different).toEqual([]);
    }), { numRuns: 50 });
    expect(compared).toBeGreaterThan(200);
  });
});

const left = noGmem ?? modelHere.why;
describe.skipIf(left !== undefined)(titled('the model', left), () => {
  it(`does what the kernel does, in ${RUNS} cases that are drawn`, async () => {
    const kernel = builtinKernel(modelHere.kernel!)!;
    const machine = machineHere();
    let judged = 0;
    let leftOut = 0;
    await fc.assert(fc.asyncProperty(cases(MOST), async (steps) => {
      const one = await recorded(steps);
      verdictsOf(one, kernel, machine).forEach((verdict, i) => {
        const { op, args, res } = one.steps[i]!;
        if (verdict.kind === 'different') throw told(one, `step ${i}, ${op} ${JSON.stringify(args)}: the kernel answers ${JSON.stringify(res)}, the model ${JSON.stringify(verdict.got)}`);
        if (verdict.kind === 'equal') judged++;
        else leftOut++;
      });
    }), { numRuns: RUNS });
    // A model that leaves most out would agree with anything.
    expect(leftOut).toBeLessThan(judged / 10);
  }, 600_000);
});
