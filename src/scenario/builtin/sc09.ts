// vcpu->mode and vcpu->requests: each side writes one and reads the other.

import { allocate, await_, convert, createGmem, notify, punch, read, scenario, setAttributes, slot, write } from '../builder.ts';

export const SC09 = scenario({
  name: 'SC09',
  title: 'entry against flush',
  shows: 'A vCPU that re-enters the guest with a warm TLB sees the flush request, or the flush sees that it is in guest mode and waits for it.',
  about: ['S-02', 'L-10'],
  // Its VMM tries again when the hole has made the page shared, of which there is none.
  privacy: ['attribute', 'memslot'],
  vms: [{ vcpus: [{ program: [write(0, 7), notify('warm'), convert(0, 1, 'private'), read(0)], policy: 'retry' }] }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private'), allocate('A', 0, 1)],
  threads: [{ name: 'main', program: [await_('warm'), punch('A', 0, 1)] }],
});
