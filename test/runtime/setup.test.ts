// A set-up must do what it says, or nothing is run.

import { describe, expect, it } from 'vitest';
import { kernels } from '../../machines/kernels/index.ts';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { scenariosOf } from '../../src/runtime/fits.ts';
import { preparedWorld } from '../../src/runtime/prepared.ts';
import { SetupError } from '../../src/runtime/setup.ts';
import { builtinScenarios } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';

function sentence(setup: readonly object[], more: object = {}): string {
  try {
    preparedWorld(v6_8, compile({ name: 'x', vms: [{}], setup, ...more }, v6_8));
  } catch (error) {
    if (error instanceof SetupError) return error.message;
    throw error;
  }
  return 'set up';
}
const create = { op: 'create_gmem', fd: 'A', pages: 2 };
const refused = { op: 'set_region', slot: 1, page: 0, pages: 4, fd: 'A', flags: ['guest_memfd'] };
const memory = [{ name: 'ram', pages: 2 }];

describe('a set-up', () => {
  it.each<[string, readonly object[], object?]>([
    ['setup[1]: set_region answered EINVAL, expected ok', [create, refused]],
    ['set up', [create, { ...refused, expect: 'EINVAL' }]],
    ['setup[1]: set_region answered EINVAL, expected EEXIST', [create, { ...refused, expect: 'EEXIST' }]],
    ['setup[0]: create_gmem answered ok, expected EINVAL', [{ ...create, expect: 'EINVAL' }]],
    ['setup[1]: punch answered EINVAL, expected ok', [create, { op: 'punch', fd: 'A', page: 0, pages: 0 }]],
    ['setup[1]: allocate answered EINVAL, expected ok', [create, { op: 'allocate', fd: 'A', page: 0, pages: 0 }]],
    ['setup[0].do[1]: set_region answered EINVAL, expected ok', [{ op: 'loop', times: 2, do: [create, refused] }]],
    ['setup[1]: host_read read 3, expected 4', [{ op: 'host_write', memory: 'ram', page: 1, value: 3 }, { op: 'host_read', memory: 'ram', page: 1, value: 4 }], { memory }],
    ['set up', [{ op: 'host_write', memory: 'ram', page: 1, value: 3 }, { op: 'host_read', memory: 'ram', page: 1, value: 3 }], { memory }],
    ['setup[1]: host_read got SIGSEGV, expected ok', [{ op: 'munmap', memory: 'ram', page: 0, pages: 2 }, { op: 'host_read', memory: 'ram', page: 0 }], { memory }],
  ])('%s', (expected, setup, more) => {
    expect(sentence(setup, more)).toBe(expected);
  });

  it('of the built-in scenarios does so on 6.8 and its fixed kernel, or says what these have not', () => {
    for (const name of ['v6.8', 'v6.8-fixed']) {
      const kernel = kernels.find((one) => one.name === name)!;
      const left = builtinScenarios.filter((scenario) => !scenariosOf(kernel).includes(scenario));
      // What 6.8 has not: prefault, signals, mappings of files, several files on an inode, conversion in place, memfds.
      for (const scenario of left) expect(() => preparedWorld(kernel, compile(scenario, kernel)), `${scenario.name} on ${name}`).toThrow(/there is no VMM operation|has no member|answered EINVAL, expected ok|kernel 'v6\.8/);
      expect(left.length).toBeLessThan(builtinScenarios.length / 2);
    }
  });
});
