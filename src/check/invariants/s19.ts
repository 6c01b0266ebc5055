// S-19: references are counted exactly. The count of a VM is exact at every step; those of folios, files and inodes are never
// too low, and exact when everybody rests, since temporary references are gone then.

import { FILE_LIVE } from '../../memory/layouts/gmem.ts';
import { SLOT_LIVE } from '../../memory/layouts/kvm.ts';
import { headOf } from '../../steps/folio.ts';
import { inBatch } from '../../steps/lru-batch.ts';
import { fileName, vmName } from './words.ts';
import type { World } from '../../memory/world.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

/** Registers of a hardware program that hold a page. */
const PINS = ['pin0', 'pin1', 'pin2', 'pin3'] as const;

/** Open descriptors of the VM and its vCPUs, each as long as a call through it runs, and gmem files that are not released, where these hold their VM. */
function holders({ objects, facts }: CheckedWorld, vm: number): number {
  let count = objects.vm_file(vm).f_count > 0 ? 1 : 0;
  const vcpus = facts.vcpusOfVm[vm]!;
  for (let k = 0; k < vcpus.length; k++) if (objects.vcpu_fd(vcpus[k]!).f_count > 0) count++;
  if (facts.config.fileWithoutVm === true) return count;
  for (let file = 1; file < facts.sizes.file; file++) if (objects.file(file).kvm === vm + 1) count++;
  // Who calls the owner of a memfd holds it, in kernels that do so.
  const { owner_pins } = objects as World & { owner_pins?: (vm: number) => { readonly count: number } };
  return owner_pins === undefined ? count : count + owner_pins(vm).count;
}

function usersBroken(world: CheckedWorld, vm: number): string | undefined {
  const { users_count } = world.objects.kvm(vm);
  const count = holders(world, vm);
  return users_count === count ? undefined : `users_count of ${vmName(world, vm)} is ${users_count}, but ${count} hold it: descriptors of it and its vCPUs, and files`;
}

function allUsers(world: CheckedWorld): string | undefined {
  for (let vm = 0; vm < world.facts.sizes.vm; vm++) {
    const broken = usersBroken(world, vm);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

/** References that the page cache, a batch on the way to the LRU list and the host page table hold on the folio that starts at `pfn`. */
function lasting({ objects, facts }: CheckedWorld, pfn: number): number {
  const { mapping, index, anon, order } = objects.folio(pfn);
  const behind = pfn + (mapping === 0 ? 1 : 1 << order);
  let count = 0;
  if (mapping !== 0) for (let page = pfn; page < behind; page++) if (objects.cache(mapping, index + page - pfn).pfn === page) count++;
  if (inBatch(objects, pfn)) count++;
  if (anon !== 0 && anon <= facts.sizes.hva && objects.hpte(anon - 1).pfn === pfn) count++;
  for (let region = 0; region < facts.regionAt.length; region++) {
    if (objects.mapping(region).file === 0) continue;
    const { first, pages } = facts.regionAt[region]!;
    for (let hva = first; hva < first + pages; hva++) {
      const { pfn: page } = objects.hpte(hva);
      if (page >= pfn && page < behind) count++;
    }
  }
  return count;
}

/** folio_ref_freeze: is the page in a run that somebody splits, or merges, and has not given back yet? */
function frozen({ facts, frames }: CheckedWorld, pfn: number): boolean {
  for (let actor = 1; actor <= facts.actors; actor++) {
    const { big = 0, big_order: order = 0, dealt = 0 } = frames[actor]!;
    if (big !== 0 && pfn >= big + dealt && pfn < big + (1 << order)) return true;
  }
  return false;
}

function folioBroken(world: CheckedWorld, pfn: number): string | undefined {
  if (headOf(world.objects.folio, pfn) !== pfn) return undefined;
  const { refcount } = world.objects.folio_ref(pfn);
  return refcount >= lasting(world, pfn) || (refcount === 0 && frozen(world, pfn)) ? undefined : `the folio at pfn ${pfn} has refcount ${refcount}, but the page cache or the host page table still holds it`;
}

/** References that devices hold: the pins of hardware programs. */
function pinned({ objects, facts, frames }: CheckedWorld, pfn: number): number {
  let count = 0;
  for (let actor = 1; actor <= facts.actors; actor++) {
    for (let k = 0; k < PINS.length; k++) {
      const page = frames[actor]![PINS[k]!] ?? 0;
      if (page !== 0 && headOf(objects.folio, page) === pfn) count++;
    }
  }
  return count;
}

function exact(world: CheckedWorld): string | undefined {
  const { objects, facts } = world;
  const { sizes } = facts;
  for (let pfn = 1; pfn < sizes.pfn; pfn++) {
    if (headOf(objects.folio, pfn) !== pfn) continue;
    const { refcount } = objects.folio_ref(pfn);
    const count = lasting(world, pfn) + pinned(world, pfn);
    if (refcount !== count) return `everybody rests, but the folio at pfn ${pfn} has refcount ${refcount}, of which ${count} ${count === 1 ? 'is' : 'are'} accounted for`;
  }
  for (let file = 1; file < sizes.file; file++) {
    const { state, f_count } = objects.file(file);
    if (state !== FILE_LIVE) continue;
    let count = 0;
    for (let fd = 0; fd < sizes.fd; fd++) if (objects.fd(fd).file === file) count++;
    for (let region = 0; region < facts.regionAt.length; region++) if (objects.mapping(region).file === file) count++;
    for (let slot = 1; facts.config.slotHoldsFile === true && slot < sizes.slot; slot++) if (objects.slot_gmem(slot).file === file && objects.memslot(slot).state === SLOT_LIVE) count++;
    if (f_count !== count) return `everybody rests, but ${fileName(world, file)} has ${f_count} references and ${count} descriptors and mappings${facts.config.slotHoldsFile === true ? ', or memslots' : ''}`;
  }
  for (let inode = 1; inode < sizes.inode; inode++) {
    let count = 0;
    for (let file = 1; file < sizes.file; file++) if (objects.file(file).state === FILE_LIVE && objects.file(file).inode === inode) count++;
    if (objects.inode(inode).i_count !== count) return `everybody rests, but inode ${inode} has ${objects.inode(inode).i_count} references and ${count} files`;
  }
  return undefined;
}

export const s19: Invariant = {
  id: 'S-19',
  title: 'references are counted',
  statement: 'users_count of a VM is the number of its open descriptors, those of its vCPUs, and its gmem files. A folio has a reference for '
    + 'each of its pages in the page cache, for its mapping in the host and for each temporary user, or none while somebody has it frozen; when everybody rests nothing but the lasting ones is left.',
  onWrite: {
    kvm: usersBroken,
    vm_file: usersBroken,
    vcpu_fd: (world, vcpu) => usersBroken(world, world.facts.vmOfVcpu[vcpu]!),
    file: (world, file) => {
      const { kvm } = world.objects.file(file);
      // A file that has just let go of its VM does not say which.
      return kvm === 0 ? allUsers(world) : usersBroken(world, kvm - 1);
    },
    folio_ref: folioBroken,
  },
  atQuiescence: exact,
  whole: (world) => {
    const broken = allUsers(world);
    if (broken !== undefined) return broken;
    for (let pfn = 1; pfn < world.facts.sizes.pfn; pfn++) {
      const low = folioBroken(world, pfn);
      if (low !== undefined) return low;
    }
    return undefined;
  },
};
