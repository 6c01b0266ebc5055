// Everything at once, for as long as one likes, and yet within what 6.8 can bear: the guest itself says what its accesses mean, so
// that no stale intent arises; memory errors strike a file that nobody punches, closes or still uses; slots are deleted before
// their files are closed; and only private accesses go where a slot comes and goes.

import {
  allocate, await_, call, close, convert, createGmem, deleteSlot, evict, forever, hostRead, hostWrite, interrupt, loop, memoryError, mix, notify,
  punch, read, scenario, setAttributes, slot, speculate, weighted, write,
} from '../builder.ts';

/** Steps in which a thread does nothing: invalidations without a pause would let no fault finish. */
const rest = (weight: number) => weighted(weight, []);

/** Guest pages: 0 to 7 convertible, over file A and ram; 8 and 9 private, slot that comes and goes; 12 and 13 for memory errors. */
const anywhere = { any: 8 };
const guest = forever([mix(
  weighted(6, [read(0, anywhere)]),
  weighted(6, [write(0, 1, anywhere)]),
  weighted(6, [read(0, { ...anywhere, private: true })]),
  weighted(6, [write(0, 2, { ...anywhere, private: true })]),
  weighted(3, [write(8, 3, { any: 2, private: true })]),
  weighted(1, [convert(0, 2, 'private')]),
  weighted(1, [convert(0, 2, 'shared')]),
  weighted(1, [convert(4, 1, 'private')]),
  weighted(1, [convert(4, 1, 'shared')]),
  [speculate(0, 8)],
  [evict(0, 8)],
)]);

export const stress = scenario({
  name: 'stress',
  title: 'four vCPUs, conversions, punches, slots, memory errors, without end',
  shows: 'Faults, conversions, punches, slots that come and go and memory errors race for hours, and nothing that must hold breaks.',
  about: ['S-01', 'S-02', 'S-03', 'S-04', 'S-14', 'S-15', 'S-16'],
  files: 4,
  vms: [{
    type: 'confidential',
    vcpus: [
      // The pages that memory errors will strike are mapped once, and left alone then.
      { program: [write(12, 1, { private: true }), write(13, 1, { private: true }), notify('mapped'), guest], policy: 'convert' },
      { program: [guest], policy: 'convert' },
      { program: [guest], policy: 'convert' },
      { program: [guest], policy: 'convert' },
    ],
  }],
  memory: [{ name: 'ram', pages: 8 }],
  setup: [
    createGmem('A', 8), createGmem('P', 2),
    slot(0, 0, 8, { fd: 'A', memory: 'ram' }), slot(2, 12, 2, { fd: 'P' }),
    setAttributes(4, 10, 'private'),
  ],
  threads: [
    { name: 'puncher', program: [forever([mix(rest(200), [punch('A', 0, 2)], [punch('A', 4, 4)], [punch('A', 0, 8)], [allocate('A', 2, 3)])])] },
    { name: 'churner', program: [forever([
      createGmem('B', 2), slot(1, 8, 2, { fd: 'B' }), allocate('B', 0, 2), loop(50, [mix(rest(1))]), deleteSlot(1), close('B'), loop(50, [mix(rest(1))]),
    ])] },
    { name: 'host', program: [forever([mix(rest(100), weighted(10, [hostWrite('ram', 0, 9, { any: 8 })]), weighted(10, [hostRead('ram', 0, { any: 8 })]), [call('madvise_dontneed', { memory: 'ram', page: 2, pages: 3 })])])] },
  ],
  hardware: [
    { name: 'errors', program: [await_('mapped'), forever([mix(rest(500), [memoryError({ fd: 'P', page: 0, any: 2 })])])] },
    { name: 'timer', program: [forever([mix(rest(100), [interrupt(0)], [interrupt(1)], [interrupt(2)], [interrupt(3)])])] },
  ],
});
