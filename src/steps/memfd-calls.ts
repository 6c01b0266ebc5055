// Calls about a guest's memfd that KVM answers itself.

import { calls } from './calls.ts';
import type { Call } from '../memory/calls.ts';

export const lookupCall: Call = {
  name: 'lookup_page', on: 'vm', vmIoctl: true, fragment: 'guestMem.lookup', description: 'has the memfd a page for this guest page? KVM asks without allocating one: 0, or ENOENT',
  arguments: [
    { name: 'vm', type: 'vm', default: 0, description: 'the VM' },
    { name: 'gpa', type: 'u64', description: 'guest address, bytes' },
  ],
};

/** Scenarios begin with pages that are private. Where memslots say so there is nothing to do for it, and nothing that a VMM could do later. */
export const setAttributesInSetup: Call = {
  ...calls.find(({ name }) => name === 'set_attributes')!,
  description: 'are these pages private, or shared, by their memslots? 0, or EINVAL',
  setupOnly: 'memslots alone say which pages are private, and no page is converted',
};
