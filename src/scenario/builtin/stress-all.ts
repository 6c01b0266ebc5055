// Everything at once and no mercy: what a kernel has of known bugs will show, sooner or later.

import {
  allocate, call, close, convert, createGmem, deleteSlot, forever, hostRead, hostWrite, interrupt, memoryError, mix, punch, read, scenario,
  setAttributes, slot, weighted, write,
} from '../builder.ts';

/** Steps in which a thread does nothing. */
const rest = (weight: number) => weighted(weight, []);

const guest = forever([mix(
  weighted(4, [read(0, { any: 8 })]),
  weighted(4, [write(0, 1, { any: 8 })]),
  weighted(4, [write(8, 2, { any: 4 })]),
  [convert(0, 2, 'private')],
  [convert(0, 2, 'shared')],
  [convert(3, 1, 'private')],
  [convert(3, 1, 'shared')],
)]);

export const stressAll = scenario({
  name: 'stress-all',
  title: 'four vCPUs and every race that a file, a slot and a page can have',
  shows: 'Every operation races with every other one: memory errors with punches, closes with slots that go, conversions with faults of a guest that states no intent.',
  about: ['S-01', 'S-02', 'S-03', 'S-04', 'S-08', 'S-11', 'S-14', 'S-17', 'S-19', 'S-28', 'S-33', 'L-04'],
  files: 4,
  vms: [{ vcpus: [{ program: [guest], policy: 'convert' }, { program: [guest], policy: 'convert' }, { program: [guest], policy: 'convert' }, { program: [guest], policy: 'retry' }] }],
  memory: [{ name: 'ram', pages: 8, huge: true }],
  setup: [createGmem('A', 8), slot(0, 0, 8, { fd: 'A', memory: 'ram' }), setAttributes(4, 8, 'private')],
  threads: [
    { name: 'puncher', program: [forever([mix(rest(100), [punch('A', 0, 2)], [punch('A', 0, 8)], [allocate('A', 2, 3)])])] },
    { name: 'maker', program: [forever([createGmem('B', 4), slot(1, 8, 4, { fd: 'B' }), allocate('B', 0, 4), close('B')])] },
    { name: 'deleter', program: [forever([mix(rest(100), [deleteSlot(1)])])] },
    { name: 'toggler', program: [forever([mix(rest(100), [call('set_region', { slot: 1, page: 8, pages: 4, flags: [] })])])] },
    { name: 'converter', program: [forever([mix(rest(100), [setAttributes(0, 3, 'private')], [setAttributes(0, 3, 'shared')], [setAttributes(7, 1, 'shared')], [setAttributes(7, 1, 'private')])])] },
    { name: 'host', program: [forever([mix(rest(50), [hostWrite('ram', 0, 9, { any: 8 })], [hostRead('ram', 0, { any: 8 })], [call('madvise_dontneed', { memory: 'ram', page: 0, pages: 8 })])])] },
  ],
  hardware: [
    { name: 'errors', program: [forever([mix(rest(500), [memoryError({ fd: 'A', page: 0, any: 8 })])])] },
    { name: 'timer', program: [forever([mix(rest(100), [interrupt(0)], [interrupt(1)], [interrupt(2)], [interrupt(3)])])] },
  ],
});
