// S-23: a memfd that is sealed for a guest is the guest's.

import { TAG_VM } from '../../memory/layouts/folio.ts';
import { F_SEAL_GUEST } from '../../memory/layouts/memfd.ts';
import { ok } from '../../memory/outcome.ts';
import { isFileMapped, sealed, sizeOf, type MemfdWorld } from '../../steps/memfd-world.ts';
import { isZero } from '../../memory/u64.ts';
import { actorName, contentName, indexName } from './words.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

const memfds = ({ objects }: CheckedWorld): MemfdWorld => objects as MemfdWorld;

/** The file is sealed and somebody maps it. */
const mappedBroken = (world: CheckedWorld, inode: number): string | undefined =>
  (inode !== 0 && world.facts.config.shmem === true && sealed(memfds(world), inode, F_SEAL_GUEST) && isFileMapped(world.objects, inode, false) ? `inode ${inode} is sealed for a guest, and the VMM's process maps it` : undefined);

/** A page of a sealed file was dealt with as if it was the host's. */
function takenBroken(world: CheckedWorld, does: string): string | undefined {
  if (world.facts.config.shmem !== true) return undefined;
  const { inode = 0, index = 0 } = world.frames[world.last.actor]! as { inode?: number; index?: number };
  return sealed(memfds(world), inode, F_SEAL_GUEST) ? `${actorName(world, world.last.actor)} ${does} ${indexName(world, inode, index)}, which is sealed for a guest` : undefined;
}

export const s23: Invariant = {
  id: 'S-23',
  title: 'a sealed file is out of reach of the host',
  statement: 'A memfd is empty when the seal for guests is set. From then on no mapping of it exists, no read returns what a guest has written, and no page is moved or written out.',
  onWrite: {
    shmem_info: mappedBroken,
    mapping: (world, region) => mappedBroken(world, world.objects.mapping(region).inode),
  },
  after: {
    'migrate.move': (world) => (world.last.outcome === ok ? takenBroken(world, 'moves') : undefined),
    'writeback.write': (world) => takenBroken(world, 'writes out'),
    'seals.set': (world) => {
      const { inode = 0 } = world.frames[world.last.actor]! as { inode?: number };
      if (!sealed(memfds(world), inode, F_SEAL_GUEST)) return undefined;
      if (!isZero(sizeOf(world.objects, inode))) return `inode ${inode} is sealed for a guest though it is not empty`;
      for (let index = 0; index < world.facts.sizes.index; index++) {
        if (world.objects.cache(inode, index).pfn !== 0) return `inode ${inode} is sealed for a guest as an empty file, and ${indexName(world, inode, index)} has a page of before`;
      }
      return undefined;
    },
    'read.copy': (world) => {
      const { objects, frames, last } = world;
      const { pfn = 0 } = frames[last.actor]! as { pfn?: number };
      const { tag, writer, value, secret_of } = objects.page(pfn);
      return last.outcome !== ok || tag !== TAG_VM || secret_of === 0 ? undefined
        : `${actorName(world, last.actor)} reads ${contentName(world, tag, writer, value)} out of a file, which the guest wrote as private memory`;
    },
  },
};
