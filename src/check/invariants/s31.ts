// S-31: a file that is released is not mapped through any more.

import { FILE_DYING, FILE_FREE, FILE_LIVE } from '../../memory/layouts/gmem.ts';
import { alive, anyInTlb, anyMapped, flushesFirst, inTlb, mappedAt, ofFile } from './state.ts';
import { spteName, tlbName, vmName } from './words.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

/** Has the VM a file on the inode that is not released? */
function hasFile({ objects, facts }: CheckedWorld, vm: number, inode: number): boolean {
  for (let file = 1; file < facts.sizes.file; file++) {
    const { state, inode: own, kvm } = objects.file(file);
    // A memfd is of no VM; the memslots that map it hold it.
    if (own === inode && (kvm === vm + 1 || facts.config.shmem === true) && (state === FILE_LIVE || state === FILE_DYING)) return true;
  }
  return false;
}

function spteBroken(world: CheckedWorld, vm: number, root: number, gfn: number): string | undefined {
  const { pfn, private: isPrivate } = world.objects.spte(vm, root, gfn);
  if (pfn === 0 || !ofFile(world, vm, gfn, isPrivate !== 0)) return undefined;
  const { mapping } = world.objects.folio(pfn);
  return mapping === 0 || !alive(world, vm) || hasFile(world, vm, mapping) ? undefined
    : `${spteName(world, vm, root, gfn)} maps pfn ${pfn} of inode ${mapping}, of which ${vmName(world, vm)} has no file any more`;
}

/** Does this TLB entry say a page of an inode of which its VM has no file, for an access to come? */
function tlbBroken(world: CheckedWorld, vcpu: number, gfn: number): boolean {
  const { pfn, private: isPrivate } = world.objects.tlb(vcpu, gfn);
  const vm = world.facts.vmOfVcpu[vcpu]!;
  if (pfn === 0 || !ofFile(world, vm, gfn, isPrivate !== 0)) return false;
  const { mapping } = world.objects.folio(pfn);
  return mapping !== 0 && !hasFile(world, vm, mapping) && !flushesFirst(world, vcpu);
}

/** May a leaf or a TLB entry be left of a file that is released? */
function mayBeLeft(world: CheckedWorld): boolean {
  const { vm: vms, vcpu: vcpus } = world.facts.sizes;
  for (let vm = 0; vm < vms; vm++) if (anyMapped(world, vm, spteBroken)) return true;
  for (let vcpu = 0; vcpu < vcpus; vcpu++) if (anyInTlb(world, vcpu, (gfn) => tlbBroken(world, vcpu, gfn))) return true;
  return false;
}

function anywhere(world: CheckedWorld): string | undefined {
  const { objects, facts: { sizes } } = world;
  if (!mayBeLeft(world)) return undefined;
  for (let vm = 0; vm < sizes.vm; vm++) {
    for (let root = 0; root < sizes.root; root++) {
      for (let gfn = 0; gfn < sizes.gfn; gfn++) {
        const broken = mappedAt(world, vm, root, gfn) === 0 ? undefined : spteBroken(world, vm, root, gfn);
        if (broken !== undefined) return broken;
      }
    }
  }
  for (let vcpu = 0; vcpu < sizes.vcpu; vcpu++) {
    for (let gfn = 0; gfn < sizes.gfn; gfn++) {
      if (inTlb(world, vcpu, gfn) === 0 || !tlbBroken(world, vcpu, gfn)) continue;
      const { pfn } = objects.tlb(vcpu, gfn);
      return `${tlbName(world, vcpu, gfn)} says pfn ${pfn} of inode ${objects.folio(pfn).mapping}, of which its VM has no file any more`;
    }
  }
  return undefined;
}

export const s31: Invariant = {
  id: 'S-31',
  title: 'nothing is mapped through a released file',
  statement: 'When the release of a gmem file has taken it off its inode, no SPTE and no TLB entry of its VM maps a page of that inode, unless the VM has another file of it.',
  onWrite: {
    spte: spteBroken,
    // Off the list of its inode, or never on it.
    file: (world, file) => {
      const { state, inode } = world.objects.file(file);
      return inode !== 0 || state === FILE_FREE ? undefined : anywhere(world);
    },
  },
  whole: anywhere,
};
