// The alternatives to version 11 that were debated below it, each derived from version 11 with its bugs mended, so that what shows is its own.
// First, an inode that can have several files, by which VMs share memory or take over from each other. Then who holds whom, flipped: a memslot
// holds its file, a file no VM. What becomes of a file's content when another VM comes was the question; three answers were given, a, b and c,
// each a small patch on the one without any. The last one here holds too much.

import { deriveKernel, type Kernel } from '../../src/kernel/define.ts';
import { severalFiles } from './changes/several-files.ts';
import { takeOver } from './changes/take-over.ts';
import { together, type Fix } from './fix.ts';
import { filesHoldVm, neverAnotherVm, unguarded, zeroForAnotherVm, zeroOnUnbind } from './flipped/guards.ts';
import { slotsHoldFiles } from './flipped/slots-hold-files.ts';
import { rfcV11Fixed } from './rfc-v11-fixed.ts';

export const rfcV11Linked = deriveKernel(rfcV11Fixed, together('rfc-v11-linked', 'guest_memfd as posted, version 11, mended, with several files on an inode', [severalFiles, takeOver]));

export const rfcV11Flipped = deriveKernel(rfcV11Linked, together('rfc-v11-flipped', 'guest_memfd flipped: a memslot holds its file, a file no VM', [slotsHoldFiles, unguarded]));

const withGuard = (letter: string, title: string, guard: Fix): Kernel =>
  deriveKernel(rfcV11Flipped, together(`rfc-v11-flipped-${letter}`, `guest_memfd flipped: ${title}`, [guard]));

/** The three answers, and the cycle. */
export const flippedAnswers: readonly Kernel[] = [
  withGuard('a', 'a file belongs to its first VM for ever', neverAnotherVm),
  withGuard('b', 'a memslot takes its pages along', zeroOnUnbind),
  withGuard('c', 'a file is emptied when another VM binds it', zeroForAnotherVm),
  withGuard('cycle', 'and a file that is bound holds the VM', filesHoldVm),
];
