// A host full of guests: 16 confidential VMs of 16 vCPUs on 2^16 page frames. Every VM is what `stress` is to the last rule (read there what
// keeps it within what 6.8 can bear), only wider. Their guest pages have the same sparse numbers in each, and so little memory of ours.

import {
  allocate, await_, call, close, convert, createGmem, deleteSlot, evict, forever, hostRead, hostWrite, interrupt, loop, memoryError, mix, notify,
  punch, read, scenario, setAttributes, slot, speculate, weighted, write, type GuestOp,
} from '../builder.ts';

const VMS = 16, VCPUS = 16, FRAMES = 65_536;

/** Guest pages: convertible ones from 0 on, over a file and ram; private ones from 4 GB on; two for memory errors, two where a slot comes and goes. */
const CONVERTIBLE = 1024, PRIVATE = 2032;
const HIGH = 0x10_0000, ERRORS = 0x20_0000, CHURN = 0x30_0000;

/** Steps in which a thread does nothing. */
const rest = (weight: number) => weighted(weight, []);
const each = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_one, n) => make(n));

/** A few pages that everybody wants, and many. */
const hot = { any: 8 };
const wide = { any: CONVERTIBLE };
const guest: GuestOp = forever<GuestOp>([mix(
  weighted(6, [read(0, hot)]),
  weighted(6, [write(0, 1, { ...hot, private: true })]),
  weighted(6, [read(0, wide)]),
  weighted(6, [write(0, 2, { ...wide, private: true })]),
  weighted(6, [write(HIGH, 3, { any: PRIVATE, private: true })]),
  weighted(2, [write(CHURN, 4, { any: 2, private: true })]),
  weighted(1, [convert(0, 2, 'private')]),
  weighted(1, [convert(0, 2, 'shared')]),
  weighted(1, [convert(4, 4, 'private')]),
  [speculate(0, 8)],
  [evict(0, 8)],
)]);

const mapsFirst = (vm: number): GuestOp[] => [write(ERRORS, 1, { private: true }), write(ERRORS + 1, 1, { private: true }), notify(`mapped${vm}`), guest];

export const scale = scenario({
  name: 'scale',
  title: '16 VMs of 16 vCPUs on 2^16 page frames, without end',
  shows: 'What stress shows of one small VM holds of sixteen larger ones on one host.',
  about: ['S-01', 'S-02', 'S-03', 'S-04', 'S-05', 'S-14', 'S-15', 'S-16', 'S-29'],
  frames: FRAMES,
  files: 4 * VMS,
  vms: each(VMS, (vm) => ({
    type: 'confidential' as const,
    vcpus: each(VCPUS, (n) => ({ program: n === 0 ? mapsFirst(vm) : [guest], policy: 'convert' as const })),
  })),
  memory: each(VMS, (vm) => ({ name: `ram${vm}`, pages: CONVERTIBLE })),
  setup: each(VMS, (vm) => [
    createGmem(`A${vm}`, CONVERTIBLE + PRIVATE, { vm }), createGmem(`P${vm}`, 2, { vm }),
    slot(0, 0, CONVERTIBLE, { vm, fd: `A${vm}`, memory: `ram${vm}` }), slot(1, HIGH, PRIVATE, { vm, fd: `A${vm}`, filePage: CONVERTIBLE }), slot(2, ERRORS, 2, { vm, fd: `P${vm}` }),
    setAttributes(CONVERTIBLE / 2, CONVERTIBLE / 2, 'private', { vm }), setAttributes(HIGH, PRIVATE, 'private', { vm }),
    setAttributes(ERRORS, 2, 'private', { vm }), setAttributes(CHURN, 2, 'private', { vm }),
  ]).flat(),
  threads: each(VMS, (vm) => [
    { name: `puncher${vm}`, program: [forever([mix(rest(200), [punch(`A${vm}`, 0, 2)], [punch(`A${vm}`, 4, 4)], [punch(`A${vm}`, 512, 64)], [punch(`A${vm}`, CONVERTIBLE, 256)], [allocate(`A${vm}`, 2, 3)])])] },
    { name: `churner${vm}`, program: [forever([
      createGmem(`B${vm}`, 2, { vm }), slot(3, CHURN, 2, { vm, fd: `B${vm}` }), allocate(`B${vm}`, 0, 2), loop(50, [mix(rest(1))]), deleteSlot(3, { vm }), close(`B${vm}`), loop(50, [mix(rest(1))]),
    ])] },
    { name: `host${vm}`, program: [forever([mix(rest(100), weighted(10, [hostWrite(`ram${vm}`, 0, 9, wide)]), weighted(10, [hostRead(`ram${vm}`, 0, wide)]), [call('madvise_dontneed', { memory: `ram${vm}`, page: 2, pages: 30 })])])] },
  ]).flat(),
  hardware: each(VMS, (vm) => [
    { name: `errors${vm}`, program: [await_(`mapped${vm}`), forever([mix(rest(500), [memoryError({ fd: `P${vm}`, page: 0, any: 2 })])])] },
    { name: `timer${vm}`, program: [forever([mix(rest(100), ...[0, 8].map((first) => [mix(...each(8, (n) => [interrupt(vm * VCPUS + first + n)]))]))])] },
  ]).flat(),
});
