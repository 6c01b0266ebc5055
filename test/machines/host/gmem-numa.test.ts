// Memory policy of a guest_memfd, on 6.8 with the changes that bring mappings and policies. What is expected is what KVM's own tests assert.

import { expect, it } from 'vitest';
import { deriveKernel } from '../../../src/kernel/define.ts';
import { gmemNuma } from '../../../machines/kernels/changes/gmem-numa.ts';
import { hostMmap } from '../../../machines/kernels/changes/host-mmap.ts';
import { together } from '../../../machines/kernels/fix.ts';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { Process } from '../../support/process.ts';

const kernel = deriveKernel(v6_8, { ...together('numa', '6.8 with memory policies', [hostMmap, gmemNuma]), config: { gmemFlags: 3, gmemOfDefaultVm: true } });
const PAGE = 4096;
const BIND = 2;

const make = (): Process => {
  const process = new Process(kernel, { regions: { m0: 4 }, files: 1 });
  process.call('create_gmem', { vm: 0, fd: 0, size: 4 * PAGE, flags: 3 });
  process.call('mmap', { region: 'm0', fd: 0, length: 4 * PAGE });
  return process;
};
const bind = (process: Process, page: number, pages: number, node: number): unknown => process.call('mbind', { hva: `m0+${page}`, size: pages * PAGE, policy: BIND, nodes: 1 << node }).errno;
const nodes = (process: Process): unknown[] => [0, 1, 2, 3].map((page) => process.call('page_node', { hva: `m0+${page}` })['node']);
const writeAll = (process: Process): void => { for (let page = 0; page < 4; page++) process.write(`m0+${page}`, 170); };

it('pages come from the node that their policy names, when they are allocated the next time', () => {
  const process = make();
  process.write('m0', 170);
  expect([bind(process, 0, 1, 0), process.call('fallocate', { fd: 0, mode: 3, offset: 0, length: PAGE }).errno]).toEqual(['ok', 'ok']);
  expect([bind(process, 0, 2, 1), bind(process, 2, 2, 0)]).toEqual(['ok', 'ok']);
  writeAll(process);
  expect(nodes(process)).toEqual([1n, 1n, 0n, 0n]);
  expect([bind(process, 0, 2, 0), bind(process, 2, 2, 1)]).toEqual(['ok', 'ok']);
  expect(nodes(process)).toEqual([1n, 1n, 0n, 0n]);
  process.call('fallocate', { fd: 0, mode: 3, offset: 0, length: 4 * PAGE });
  writeAll(process);
  expect(nodes(process)).toEqual([0n, 0n, 1n, 1n]);
});

it('the policy of an address is what was set there', () => {
  const process = make();
  expect(bind(process, 2, 2, 0)).toBe('ok');
  expect(process.call('get_mempolicy', { hva: 'm0+2' })).toEqual({ errno: 'ok', policy: 2n, nodes: 1n });
  expect(process.call('get_mempolicy', { hva: 'm0+1' })).toEqual({ errno: 'ok', policy: 0n, nodes: 0n });
});

it.each([
  ['a policy that there is not', { policy: 999, nodes: 1 }, 'EINVAL'],
  ['no node to bind to', { policy: BIND, nodes: 0 }, 'EINVAL'],
  ['a node that there is not', { policy: BIND, nodes: 4 }, 'EINVAL'],
])('%s is refused', (_what, given, errno) => {
  expect(make().call('mbind', { hva: 'm0', size: PAGE, ...given }).errno).toBe(errno);
});

it('a page that is not there is on no node', () => {
  expect(make().call('page_node', { hva: 'm0' }).errno).toBe('ENOENT');
});

it('a fallocate follows the policy, interleaved by index', () => {
  const process = make();
  process.call('mbind', { hva: 'm0', size: 4 * PAGE, policy: 3, nodes: 3 });
  process.call('fallocate', { fd: 0, mode: 1, offset: 0, length: 4 * PAGE });
  writeAll(process);
  expect(nodes(process)).toEqual([0n, 1n, 0n, 1n]);
});
