import { expect, it } from 'vitest';
import { Drive } from '../support/drive.ts';
import { SC01 } from '../../src/scenario/builtin/sc01.ts';
import { read, write, setAttributes, createGmem, slot, hostWrite, deleteSlot } from '../../src/scenario/builder.ts';
it('sc01', () => {
  const d = new Drive(SC01 as never);
  expect(d.settle()).toEqual([]);
});
it('shared', () => {
  const d = new Drive({ memory: [{ name: 'ram', pages: 2 }], vms: [{ vcpus: [{ program: [write(0, 7), read(0)] }] }],
    setup: [slot(0, 0, 2, { memory: 'ram' })], threads: [{ name: 'main', program: [hostWrite('ram', 1, 5), { op: 'host_read', memory: 'ram', page: 1, value: 5 }, deleteSlot(0)] }] });
  expect(d.settle()).toEqual([]);
  expect(d.objects.memslots(0).active).toBe(1);
  void [setAttributes, createGmem];
});
