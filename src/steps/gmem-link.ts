// Steps that make one more file on the inode of a guest_memfd. Which files an inode has is what the files say: `file.inode` is the list that
// gmem.nextFile walks, and it changes under invalidate_lock, exclusively. `inode.i_count` counts them.

import { frame, type Registers } from '../memory/layout.ts';
import { ok } from '../memory/outcome.ts';
import { arg, argumentOffset, type Call } from '../memory/calls.ts';
import { FILE_LIVE } from '../memory/layouts/gmem.ts';
import { EBADF, EINVAL, ENFILE } from './errno.ts';
import { badFd, foreign, refused } from './fallocate.ts';
import { putFile } from './file.ts';
import { freeFile } from './gmem-create.ts';
import { isOpen, openFile } from './handle.ts';
import type { Operation } from '../memory/frames.ts';
import type { Step } from '../memory/world.ts';

/** Its first two arguments lie where those of create_gmem do, whose steps it uses. */
export const linkCall: Call = {
  name: 'link_gmem', on: 'vm', vmIoctl: true, makesFile: true, fragment: 'gmem.link', description: 'one more file on the inode of a guest_memfd, for a VM of its own',
  arguments: [
    { name: 'vm', type: 'vm', description: 'VM that the new file belongs to' },
    { name: 'newFd', type: 'newFd', description: 'name of the new descriptor' },
    { name: 'fd', type: 'fd', description: 'descriptor of the file whose memory it is' },
  ],
};
const FD = argumentOffset(linkCall, 'fd');

export const LinkFrame = frame('gmem.link', { source: { ref: 'file' } });
export type Link = Registers<typeof LinkFrame> & Operation;

export const steps = {
  /** fdget: the file, and with it its inode, stays until the new one is there. */
  'link.getInode': (world, f) => {
    const open = openFile(world, arg(world, f, FD));
    if (open.file === 0) {
      f.errno = isOpen(open) ? EINVAL : EBADF;
      return isOpen(open) ? foreign : badFd;
    }
    world.file(open.file).add_f_count(1);
    f.source = open.file;
    f.inode = world.file(open.file).inode;
    return ok;
  },
  /** A file that has a reference on the inode, and is in no list yet. */
  'link.getFile': (world, f) => {
    f.handle = freeFile(world);
    if (f.handle === 0) {
      f.errno = ENFILE;
      return refused;
    }
    const file = world.file(f.handle);
    file.state = FILE_LIVE;
    file.f_count = 1;
    world.inode(f.inode).add_i_count(1);
    return ok;
  },
  /** invalidate_lock held exclusively: no invalidation is between its begin and its end, which walk the same list. */
  'link.addToList': (world, f) => {
    world.file(f.handle).inode = f.inode;
    return ok;
  },
  'link.putSource': (world, f) => {
    putFile(world, f.source);
    return ok;
  },
} satisfies { [name: string]: Step<Link> };
