import { expect, test } from 'vitest';
import { kernels } from '../../machines/kernels/index.ts';
import { deriveKernel } from '../../src/kernel/define.ts';
import { fingerprintOf } from '../../src/trace/fingerprint.ts';
import { FINGERPRINTS } from '../../src/trace/fingerprints.gen.ts';

test('every built-in kernel has one, by its own name', () => {
  for (const kernel of kernels) expect(FINGERPRINTS[kernel.name], kernel.name).toMatch(/^[0-9a-f]{16}$/);
});

test("a person's kernel depends on its base and on its text", () => {
  const own = deriveKernel(kernels[0]!, { name: 'own' });
  expect(fingerprintOf(own, 'a')).toMatch(/^[0-9a-f]{16}$/);
  expect(fingerprintOf(own, 'a')).toBe(fingerprintOf(own, 'a'));
  expect(fingerprintOf(own, 'a')).not.toBe(fingerprintOf(own, 'b'));
  expect(fingerprintOf({ ...own, base: 'none' }, 'a')).not.toBe(fingerprintOf(own, 'a'));
});
