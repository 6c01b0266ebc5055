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

  it('of every built-in scenario does so on 6.8 and its fixed kernel, but for those about what 6.8 has not', () => {
    // Prefault, signals, mappings of files, several files on an inode, conversion in place, memfds.
    const left = 'SC06 SC30 SC40 SC41 SC42 SC43 SC44 SC45 SC46 SC47 SC48 SC49 SC50 SC51 SC52 SC53 SC54 SC56 SC57 SC58 SC59 SC60 SC61 SC64 convert-enomem convert-intent dying-root entry-file fault-enomem '
      + 'init-shared lookup-hole munmap-file next-owner prefault-convert prefault-root register-unsealed review-conversion seal-frozen seal-half seal-preallocated shared-punch split-failed split-giant split-poison take-over stress-conversions';
    for (const name of ['v6.8', 'v6.8-fixed']) {
      const kernel = kernels.find((one) => one.name === name)!;
      expect(builtinScenarios.filter((scenario) => !scenariosOf(kernel).includes(scenario)).map((scenario) => scenario.name).join(' ')).toBe(left);
    }
  });
});
