// Guests that the recorder executes. They are asked for by RECORD_VCPUS=1: a host that is a guest itself may not survive them.

import { afterAll, describe, expect, it } from 'vitest';
import type { Result, Step } from '../../src/conform/recording.ts';
import { Sandbox } from '../support/command.ts';
import { noRecorder, titled } from '../support/kvm.ts';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());
const left = noRecorder ?? (process.env['RECORD_VCPUS'] === undefined ? 'guests execute where RECORD_VCPUS is set' : undefined);

const GPA = 0x1000_0000;
const vcpu = 'c0';
/** Steps on a VM with one plain slot, with what each is to answer. */
const steps: readonly (readonly [op: string, args: Step['args'], res: Result])[] = [
  ['create_vm', { type: 0, as: 'v0' }, { ret: 'fd' }],
  ['anon', { len: 65_536, as: 'a0' }, { ret: 'addr' }],
  ['set_region2', { vm: 'v0', slot: 1, flags: 0, gpa: GPA, size: 65_536, hva: 'a0', fd: -1, offset: 0 }, { ret: 0 }],
  ['create_vcpu', { vm: 'v0', id: 0, as: vcpu }, { ret: 'fd' }],
  ['host_write', { map: 'a0', off: 0, len: 65_536, value: 7 }, { done: 65_536 }],
  ['guest_access', { vcpu, gpa: GPA, kind: 'read', len: 1 }, { ret: 0, exit_reason: 'none', data: [[7, 1]] }],
  ['run', { vcpu }, { ret: 0, exit_reason: 'none' }],
  ['guest_access', { vcpu, gpa: GPA + 8, kind: 'write', len: 8, value: '0x1122334455667788' }, { ret: 0, exit_reason: 'none' }],
  ['host_read', { map: 'a0', off: 8, len: 8 }, { done: 8, data: [0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11].map((byte) => [byte, 1]) }],
  ['guest_access', { vcpu, gpa: GPA + 4, kind: 'read', len: 8 }, { ret: 0, exit_reason: 'none', data: [[7, 4], [0x88, 1], [0x77, 1], [0x66, 1], [0x55, 1]] }],
  ['host_write', { map: 'a0', off: 4096, len: 1, value: 0xf4 }, { done: 1 }],
  ['guest_access', { vcpu, gpa: GPA + 4096, kind: 'exec', len: 1 }, { ret: 0, exit_reason: 'none' }],
  ['guest_access', { vcpu, gpa: GPA + 65_536, kind: 'read', len: 1 }, { ret: 0, exit_reason: 'MMIO', payload: { gpa: GPA + 65_536, len: 1, write: false } }],
  ['run', { vcpu }, { ret: 0, exit_reason: 'none' }],
  ['hypercall', { vcpu, nr: 1000, args: [1, 2, 3] }, { ret: 0, exit_reason: 'none', guest_ret: -1000 }],
  ['hypercall_map_gpa', { vcpu, gpa: GPA, npages: 2, attrs: 16 }, { ret: 0, exit_reason: 'HYPERCALL', payload: { nr: 12, args: [GPA, 2, 16], flags: 1 } }],
  ['run', { vcpu, hypercall_ret: -22 }, { ret: 0, exit_reason: 'none', guest_ret: -22 }],
  ['munmap', { map: 'a0', off: 8192, len: 4096 }, { ret: 0 }],
  ['guest_access', { vcpu, gpa: GPA + 8192, kind: 'read', len: 1 }, { ret: -1, errno: 'EFAULT', exit_reason: 'UNKNOWN' }],
  ['spin_start', { vcpu, gpa: GPA, kind: 'write', len: 1, value: 9 }, { ret: 0 }],
  ['host_read', { map: 'a0', off: 0, len: 1 }, { done: 1, data: [[9, 1]] }],
  ['spin_end', { vcpu }, { ret: -1, errno: 'EINTR', exit_reason: 'INTR', still_running: true }],
  ['spin_start', { vcpu, gpa: GPA, kind: 'read', len: 1 }, { ret: 0 }],
  ['munmap', { map: 'a0', off: 0, len: 4096 }, { ret: 0 }],
  ['spin_end', { vcpu }, { ret: -1, errno: 'EFAULT', exit_reason: 'UNKNOWN' }],
  ['child', { step: { op: 'run', args: { vcpu } } }, { ret: -1, errno: 'EIO' }],
  ['close', { fd: 'v0' }, { ret: 0 }],
  ['guest_access', { vcpu, gpa: GPA + 4097, kind: 'read', len: 1 }, { ret: 0, exit_reason: 'none', data: [[7, 1]] }],
  ['close', { fd: vcpu }, { ret: 0 }],
  ['guest_access', { vcpu, gpa: GPA + 4097, kind: 'read', len: 1 }, { ret: -1, errno: 'EBADF' }],
];

describe.skipIf(left !== undefined)(titled('a guest', left), () => {
  it('reads, writes, executes, calls, spins, and its exits are told', async () => {
    const told = `${JSON.stringify({ id: 'guest', steps: steps.map(([op, args, res]) => ({ op, args, res })) })}\n`;
    sandbox.write('guest.jsonl', told);
    const { code, err } = await sandbox.run(['record', 'guest.jsonl', '-o', 'again.jsonl', '--allow-vcpus']);
    expect([code, err]).toEqual([0, '']);
    expect(sandbox.read('again.jsonl').toString().split(',{"op"')).toEqual(told.split(',{"op"'));
  });
});
