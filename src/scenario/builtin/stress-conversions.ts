// A storm of conversions in place, for as long as one likes. A VMM that is refused because a page is in use tries again, as VMMs do; whoever holds a
// page lets go sooner or later, so that every conversion goes through in the end.

import {
  allocate, call, convertGmem, createGmem, forever, hostRead, hostWrite, interrupt, loop, lruDrain, mix, pin, punch, read, scenario, slot, unpin, weighted, write,
} from '../builder.ts';

/** Steps in which a thread does nothing: conversions without a pause would let no fault finish. */
const rest = (weight: number) => weighted(weight, []);
const convertTo = (to: 'private' | 'shared', page: number, pages: number) => [convertGmem('A', page, pages, to, { again: 'EAGAIN' })];

/** A page that the host has mapped, if it has. */
const somewhere = { memory: 'view', page: 0, any: 8 };

/** What an access means is not what the page is, every other time: it leaves to userspace then, which enters again until the page is converted. */
const guest = forever([mix(
  [read(0, { any: 8 })], [write(0, 1, { any: 8 })], [read(0, { any: 8, private: true })], [write(0, 2, { any: 8, private: true })],
)]);
const vcpu = { program: [guest], policy: 'retry' } as const;

export const stressConversions = scenario({
  name: 'stress-conversions',
  title: 'eight vCPUs, two converters, host threads and a device that pins, without end',
  shows: 'Two threads convert ranges back and forth under faults of guests and host, pins and holes, and no page is with somebody who may not have it.',
  about: ['S-04', 'S-07', 'S-14', 'S-20', 'S-26', 'S-29', 'L-05'],
  vms: [{ type: 'confidential', vcpus: [vcpu, vcpu, vcpu, vcpu, vcpu, vcpu, vcpu, vcpu] }],
  memory: [{ name: 'view', pages: 8, mapped: false }],
  setup: [createGmem('A', 8, { init: 'shared' }), call('mmap', { region: 'view', fd: 'A', length: 8 * 4096 }), slot(0, 0, 8, { fd: 'A', memory: 'view' })],
  threads: [
    { name: 'whole', program: [forever([mix(rest(40), convertTo('private', 0, 8), convertTo('shared', 0, 8), convertTo('private', 0, 4), convertTo('shared', 0, 4))])] },
    { name: 'parts', program: [forever([mix(rest(40), ...[0, 3, 6].flatMap((page) => [convertTo('private', page, 2), convertTo('shared', page, 2)]))])] },
    { name: 'writer', program: [forever([mix(rest(4), [hostWrite('view', 0, 9, { any: 8 })])])] },
    { name: 'reader', program: [forever([mix(rest(4), [hostRead('view', 0, { any: 8 })])])] },
    { name: 'puncher', program: [forever([mix(rest(400), [punch('A', 0, 2)], [punch('A', 5, 3)], [allocate('A', 2, 2)])])] },
  ],
  hardware: [{ name: 'device', program: [forever([mix(
    rest(60), weighted(3, [pin(somewhere), loop(60, [mix(rest(1))]), unpin(somewhere)]), [lruDrain()], weighted(6, [mix(...Array.from({ length: 8 }, (_one, cpu) => [interrupt(cpu)]))]),
  )])] }],
});
