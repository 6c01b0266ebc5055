// The split of inode and file, as it was proposed: a call makes one more file on an inode. Whoever takes memory away walks all files of the inode
// already; what is new is that there can be two of them. Any kernel can have it: what it needs of memory is there.

import { LinkFrame, linkCall, steps } from '../../../src/steps/gmem-link.ts';
import { link } from '../../gmem/link.ts';
import type { Fix } from '../fix.ts';

export const severalFiles: Fix = { calls: [linkCall], registers: [LinkFrame], steps, fragments: { [link.name]: link } };
