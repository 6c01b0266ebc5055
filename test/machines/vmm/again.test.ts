// A call that a program makes again upon an errno, in every interleaving: it ends with another answer, and only then.

import { expect, it } from 'vitest';
import { builtinKernel } from '../../../machines/kernels/index.ts';
import { invariants } from '../../../src/check/invariants/index.ts';
import { exhaustive } from '../../../src/explore/search/exhaustive.ts';
import { allocate, await_, call, convertGmem, createGmem, hostWrite, lruDrain, notify, pin, scenario, slot, unpin } from '../../../src/scenario/builder.ts';
import { compile } from '../../../src/scenario/compile.ts';

const kernel = builtinKernel('conversions-2026')!;
const pinned = (again: string | undefined, expected: string) => scenario({
  name: 'pinned',
  vms: [{}],
  memory: [{ name: 'view', pages: 1, mapped: false }],
  setup: [createGmem('A', 1, { init: 'shared' }), call('mmap', { region: 'view', fd: 'A', length: 4096 }), slot(0, 0, 1, { fd: 'A', memory: 'view' }), hostWrite('view', 0, 1)],
  threads: [{ name: 'main', program: [
    await_('pinned'), convertGmem('A', 0, 1, 'private', { expect: expected, ...(again === undefined ? {} : { again }) }), notify('done'), allocate('A', 0, 1),
  ] }],
  hardware: [{ name: 'device', program: [lruDrain(), pin({ memory: 'view', page: 0 }), notify('pinned'), unpin({ memory: 'view', page: 0 })] }],
});
const search = (again: string | undefined, expected: string) => exhaustive(kernel, compile(pinned(again, expected), kernel), { invariants, stop: 'never' });

it('is tried until the page is let go, whatever the order', () => {
  const { complete, deadlocks, findings, terminals } = search('EAGAIN', 'ok');
  expect([complete, deadlocks, findings.length]).toEqual([true, 0, 0]);
  expect(terminals.count).toBeGreaterThan(0);
});

it('is not tried where the program does not say so, or names another errno', () => {
  for (const again of [undefined, 'EINVAL']) expect(search(again, 'ok').findings.map(({ id }) => id), again).toContain('S-22');
});
