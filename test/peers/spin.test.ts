// Spin explores the same protocol, written in Promela: every count must be the same. Left out, with a word about it, where Spin or a C
// compiler is missing; CI has both.

import { describe, expect, it } from 'vitest';
import { BUGS, type Variant } from '../../bench/peers/protocol.ts';
import { search } from '../../bench/peers/search.ts';
import { missingForSpin, Verifier, type SpinOptions } from '../../bench/peers/spin.ts';

const missing = missingForSpin();

function spin<T>(vcpus: number, invalidators: number, variant: Variant, ask: (verifier: Verifier) => T, options: SpinOptions = {}): T {
  const verifier = new Verifier(vcpus, invalidators, variant, { quick: true, ...options });
  try {
    return ask(verifier);
  } finally {
    verifier.remove();
  }
}
const mistakes = [undefined, ...BUGS] as const;
const hows: readonly Variant[] = [{}, { fair: true }, { anyOrder: true }];

/** The whole space by both; -A: a failed assertion is no error, and what follows it is searched. */
function compare(vcpus: number, invalidators: number, variant: Variant, verifier: Verifier): void {
  const { states, transitions, errors } = verifier.run(true, '-A');
  expect({ vcpus, ...search(vcpus, invalidators, variant) }).toEqual({ vcpus, states, transitions, deadlocks: errors, violation: undefined });
}

describe('Spin', () => {
  it('is there on CI', () => {
    if (missing !== undefined) process.stderr.write(`what Spin judges is left out: ${missing}\n`);
    expect(process.env['CI'] === 'true' ? missing : undefined).toBeUndefined();
  });
});

describe.skipIf(missing !== undefined)(`Spin${missing === undefined ? '' : ` (left out: ${missing})`}`, () => {
  it.each(mistakes.flatMap((bug) => hows.map((how) => ({ variant: { ...how, ...(bug === undefined ? {} : { bug }) } }))))(
    'finds as many states, transitions and deadlocks, and a mistake where one is: $variant', ({ variant }: { variant: Variant }) => {
      spin(2, 1, variant, (verifier) => {
        compare(2, 1, variant, verifier);
        expect(verifier.run(false).errors).toBe(['no-recheck', 'no-flush', 'inverted'].includes(variant.bug ?? '') ? 1 : 0);
      });
    });

  it.each([{ variant: {} }, { variant: { fair: true } }, { variant: { anyOrder: true } }, { variant: { bug: 'inverted' as const } }])(
    'finds as many for three vCPUs: $variant', ({ variant }) => {
      spin(3, 1, variant, (verifier) => compare(3, 1, variant, verifier));
    });

  it('finds as many for three vCPUs and two invalidators', () => {
    const { states, transitions, errors } = spin(3, 2, {}, (verifier) => verifier.run(true));
    expect({ states, transitions, errors }).toEqual({ states: 1_679_317, transitions: 5_897_614, errors: 0 });
  });

  it('sees faults that are retried for ever where an invalidation never ends, and nowhere else', () => {
    // -f: weak fairness, without which one vCPU may retry for ever while the punch that it waits for is never given a turn.
    const loops = (variant: Variant): number => spin(2, 1, variant, (verifier) => verifier.run(false, '-l', '-f').errors, { progress: true });
    expect([loops({ bug: 'unbalanced' }), loops({})]).toEqual([1, 0]);
  });
});
