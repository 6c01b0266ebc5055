// Spin explores the same protocol, written in Promela: every count must be the same. Left out, with a word about it, where Spin or a C
// compiler is missing; CI has both.

import { describe, expect, it } from 'vitest';
import { BUGS, type Variant } from '../../bench/peers/protocol.ts';
import { search } from '../../bench/peers/search.ts';
import { missingForSpin, Verifier, type SpinOptions, type SpinResult } from '../../bench/peers/spin.ts';

const missing = missingForSpin();

function spin(vcpus: number, invalidators: number, variant: Variant, options: SpinOptions, all: boolean, ...more: string[]): SpinResult {
  const verifier = new Verifier(vcpus, invalidators, variant, options);
  try {
    return verifier.run(all, ...more);
  } finally {
    verifier.remove();
  }
}

const variants: readonly Variant[] = [undefined, ...BUGS].flatMap((bug) => [{}, { fair: true }, { anyOrder: true }].map((how) => ({ ...how, ...(bug === undefined ? {} : { bug }) })));

describe('Spin', () => {
  it('is there on CI', () => {
    if (missing !== undefined) process.stderr.write(`what Spin judges is left out: ${missing}\n`);
    expect(process.env['CI'] === 'true' ? missing : undefined).toBeUndefined();
  });
});

describe.skipIf(missing !== undefined)(`Spin${missing === undefined ? '' : ` (left out: ${missing})`}`, () => {
  it.each(variants.map((variant) => ({ variant })))('finds as many states, transitions and deadlocks: $variant', ({ variant }) => {
    for (const vcpus of [2, 3]) {
      // -A: a failed assertion is no error, and what follows is searched.
      const { states, transitions, errors } = spin(vcpus, 1, variant, {}, true, '-A');
      expect({ vcpus, ...search(vcpus, 1, variant) }).toEqual({ vcpus, states, transitions, deadlocks: errors, violation: undefined });
    }
  });

  it('finds as many for three vCPUs and two invalidators', () => {
    const { states, transitions, errors } = spin(3, 2, {}, {}, true);
    expect({ states, transitions, errors }).toEqual({ states: 1_679_317, transitions: 5_897_614, errors: 0 });
  });

  it('finds the same mistakes, and no other', () => {
    const errorsOf = (variant: Variant): number => spin(2, 1, variant, {}, false).errors;
    expect(Object.fromEntries(BUGS.map((bug) => [bug, errorsOf({ bug })]))).toEqual({ 'no-recheck': 1, 'no-flush': 1, inverted: 1, unbalanced: 0 });
    expect([{}, { fair: true }, { anyOrder: true }].map(errorsOf)).toEqual([0, 0, 0]);
  });

  it('sees faults that are retried for ever where an invalidation never ends, and nowhere else', () => {
    // -f: weak fairness, without which a vCPU may be left standing while another one retries.
    const loops = (variant: Variant): number => spin(2, 1, variant, { progress: true }, false, '-l', '-f').errors;
    expect([loops({ bug: 'unbalanced' }), loops({})]).toEqual([1, 0]);
  });
});
