// For whoever reviews a change of conversions in place: everything that a conversion can meet, in one small scenario. docs/conversion-review.md goes
// through it. Two pages that the host has mapped; a guest that faults; a device that holds the second page for a while; a hole at the end.

import { await_, call, convertGmem, createGmem, hostWrite, lruDrain, notify, pin, punch, scenario, slot, unpin, write } from '../builder.ts';

export const reviewConversion = scenario({
  name: 'review-conversion',
  title: 'what a conversion can meet',
  shows: 'Faults of the guest and of the host, a pin and a hole all come in the way of conversions, and none of them leaves a page to somebody who may not have it.',
  about: ['S-04', 'S-07', 'S-20', 'S-21', 'S-26', 'S-29', 'L-05'],
  vms: [{ type: 'confidential', vcpus: [{ program: [write(0, 7), write(0, 8, { private: true })], thread: [{ op: 'run', policy: 'stop' }, { op: 'run', policy: 'stop' }] }] }],
  memory: [{ name: 'view', pages: 2, mapped: false }],
  setup: [
    createGmem('A', 2, { init: 'shared' }), call('mmap', { region: 'view', fd: 'A', length: 8192 }), slot(0, 0, 2, { fd: 'A', memory: 'view' }), hostWrite('view', 1, 3),
  ],
  threads: [
    { name: 'main', program: [convertGmem('A', 0, 2, 'private'), notify('tried'), await_('released'), convertGmem('A', 0, 2, 'private'), punch('A', 1, 1), convertGmem('A', 0, 1, 'shared')] },
    { name: 'host', program: [hostWrite('view', 0, 5)] },
  ],
  hardware: [{ name: 'device', program: [lruDrain(), pin({ memory: 'view', page: 1 }), await_('tried'), unpin({ memory: 'view', page: 1 }), notify('released')] }],
});
