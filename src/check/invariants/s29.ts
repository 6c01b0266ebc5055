// S-29: what a VM wrote to private memory is seen by nobody else: no other VM and no thread of the host maps that page.

import { hvaName, spteName, tlbName, vmName } from './words.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

const secret = (world: CheckedWorld, pfn: number): string => `pfn ${pfn}, whose content ${vmName(world, world.objects.page(pfn).secret_of - 1)} wrote while it was private`;

function spteBroken(world: CheckedWorld, vm: number, root: number, gfn: number): string | undefined {
  const { pfn } = world.objects.spte(vm, root, gfn);
  const owner = pfn === 0 ? 0 : world.objects.page(pfn).secret_of;
  return owner === 0 || owner === vm + 1 ? undefined : `${spteName(world, vm, root, gfn)} maps ${secret(world, pfn)}`;
}
function tlbBroken(world: CheckedWorld, vcpu: number, gfn: number): string | undefined {
  const { pfn } = world.objects.tlb(vcpu, gfn);
  const owner = pfn === 0 ? 0 : world.objects.page(pfn).secret_of;
  return owner === 0 || owner === world.facts.vmOfVcpu[vcpu]! + 1 ? undefined : `${tlbName(world, vcpu, gfn)} says ${secret(world, pfn)}`;
}
function hpteBroken(world: CheckedWorld, hva: number): string | undefined {
  const { pfn } = world.objects.hpte(hva);
  return pfn === 0 || world.objects.page(pfn).secret_of === 0 ? undefined : `the page table of the VMM's process maps ${hvaName(world, hva)} to ${secret(world, pfn)}`;
}

/** Everything that maps a page, or, for pfn 0, any page. */
function mappers(world: CheckedWorld, pfn: number): string | undefined {
  const { objects, facts: { sizes } } = world;
  let broken: string | undefined;
  for (let vm = 0; vm < sizes.vm; vm++) {
    for (let root = 0; root < sizes.root; root++) {
      for (let gfn = 0; gfn < sizes.gfn; gfn++) {
        if ((pfn === 0 || objects.spte(vm, root, gfn).pfn === pfn) && (broken = spteBroken(world, vm, root, gfn)) !== undefined) return broken;
      }
    }
  }
  for (let vcpu = 0; vcpu < sizes.vcpu; vcpu++) {
    for (let gfn = 0; gfn < sizes.gfn; gfn++) {
      if ((pfn === 0 || objects.tlb(vcpu, gfn).pfn === pfn) && (broken = tlbBroken(world, vcpu, gfn)) !== undefined) return broken;
    }
  }
  for (let hva = 0; hva < sizes.hva; hva++) {
    if ((pfn === 0 || objects.hpte(hva).pfn === pfn) && (broken = hpteBroken(world, hva)) !== undefined) return broken;
  }
  return undefined;
}

export const s29: Invariant = {
  id: 'S-29',
  title: 'private content is seen by its VM only',
  statement: 'A page that holds what a VM wrote to it as private memory is mapped by no other VM and not by the host, however it came to them.',
  onWrite: {
    spte: spteBroken,
    tlb: tlbBroken,
    hpte: hpteBroken,
    page: (world, pfn) => {
      if (world.objects.page(pfn).secret_of === 0) return undefined;
      // With one VM only the host is left, and it maps what its own folios say.
      if (world.facts.sizes.vm > 1) return mappers(world, pfn);
      const { anon } = world.objects.folio(pfn);
      return anon === 0 || anon > world.facts.sizes.hva || world.objects.hpte(anon - 1).pfn !== pfn ? undefined : hpteBroken(world, anon - 1);
    },
  },
  whole: (world) => mappers(world, 0),
};
