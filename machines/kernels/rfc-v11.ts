// Version 11 of the series, of July 2023: KVM_CREATE_GUEST_MEMFD as it was first posted, written backwards, as the difference from what was
// merged. Each line is something that it did otherwise and why that was wrong; the file that the line names has the whole story and the mend.

import { deriveKernel } from '../../src/kernel/define.ts';
import { together } from './fix.ts';
import { badDescriptor } from './v11/bad-descriptor.ts';
import { beginAtOnce } from './v11/begin-at-once.ts';
import { createOrder } from './v11/create-order.ts';
import { errorPage } from './v11/error-page.ts';
import { errorPointer } from './v11/error-pointer.ts';
import { noPoisonTest } from './v11/no-poison-test.ts';
import { rangeOverwritten } from './v11/range-overwritten.ts';
import { releaseOrder } from './v11/release-order.ts';
import { sizeZero } from './v11/size-zero.ts';
import { stillIn6_8 } from './v11/still-in-6.8.ts';
import { v6_8 } from './v6.8.ts';

export const rfcV11 = deriveKernel(v6_8, together('rfc-v11', 'guest_memfd as posted, version 11', [
  // Invalidations were begun where there was nothing to invalidate, and ended only where there was (B1).
  beginAtOnce,
  // A second memslot's range took the place of the first one's, so that faults in the first were not kept out (B12, B19).
  rangeOverwritten,
  // The release of a file took its locks in the opposite order to binding (B2).
  releaseOrder,
  // A memory error was announced to the wrong process (B4) at the wrong address (B3), and the guest kept the page (B5) …
  errorPage,
  // … or got it again (B6).
  noPoisonTest,
  // An error pointer was taken for a folio when memory ran out (B8).
  errorPointer,
  // A file was made before what its methods need: where that could not be had, its release followed a null pointer (B10).
  createOrder,
  // A file of size 0 was made (B9), a bad descriptor was reported as a bad argument (B11).
  sizeZero, badDescriptor,
  // What 6.8 did not find either (B13, B14, B15, B18).
  stillIn6_8,
  {
    unshown: [
      { id: 'G3-B7', breaks: 'The set-up of guest_memfd is called twice, and what it mounts first is lost.', why: 'The model begins where the kernel has.' },
      { id: 'G3-B16', breaks: 'The module leaves its mount behind when it is removed.', why: 'The model does not remove the module.' },
      { id: 'G3-B17', breaks: 'The series does not compile as it was posted.', why: 'A model of it says what it was meant to be.' },
      {
        id: 'G3-B19', breaks: 'The end of the range is not reset when an invalidation begins.',
        why: 'A range that is stored has a new end, and one that is widened is too wide at most: faults are tried again more often, and nothing breaks.',
      },
    ],
  },
]));
