// S-29: what a VM wrote to private memory is seen by nobody else: no other VM and no thread of the host maps that page.

import { nextMapped } from '../../steps/mappings.ts';
import { flushesFirst } from './state.ts';
import { hvaName, spteName, tlbName, vmName } from './words.ts';
import { HPTE, SPTE, TLB, type Whereabouts } from '../whereabouts.ts';
import type { CheckedWorld, PfnRow } from '../checked-world.ts';
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
  return owner === 0 || owner === world.facts.vmOfVcpu[vcpu]! + 1 || flushesFirst(world, vcpu) ? undefined : `${tlbName(world, vcpu, gfn)} says ${secret(world, pfn)}`;
}
function hpteBroken(world: CheckedWorld, hva: number): string | undefined {
  const { pfn } = world.objects.hpte(hva);
  return pfn === 0 || world.objects.page(pfn).secret_of === 0 ? undefined : `the page table of the VMM's process maps ${hvaName(world, hva)} to ${secret(world, pfn)}`;
}

/** Is something that maps the page broken? */
function anyMapper(world: CheckedWorld, whereabouts: Whereabouts, pfn: number): boolean {
  const { root: roots } = world.facts.sizes;
  for (let place = whereabouts.byPage.first(pfn); place !== 0; place = whereabouts.byPage.next(place)) {
    const kind = whereabouts.kind(place);
    const row = whereabouts.row(place, kind);
    const last = whereabouts.last(place, kind);
    if (kind === SPTE && spteBroken(world, Math.floor(row / roots), row % roots, last) !== undefined) return true;
    if (kind === TLB && tlbBroken(world, row, last) !== undefined) return true;
    if (kind === HPTE && hpteBroken(world, last) !== undefined) return true;
  }
  return false;
}

/** Everything that maps a page, or, for pfn 0, any page. */
function mappers(world: CheckedWorld, pfn: number): string | undefined {
  const { whereabouts, words, pfns: { spte, tlb, hpte }, facts: { sizes } } = world;
  if (pfn !== 0 && whereabouts !== undefined && !anyMapper(world, whereabouts, pfn)) return undefined;
  let broken: string | undefined;
  const maps = ({ at, stride }: PfnRow, n: number): boolean => {
    const mapped = words[at + n * stride]!;
    return mapped !== 0 && (pfn === 0 || mapped === pfn);
  };
  for (let n = 0; n < sizes.vm * sizes.root * sizes.gfn; n++) {
    if (maps(spte, n) && (broken = spteBroken(world, Math.floor(n / (sizes.root * sizes.gfn)), Math.floor(n / sizes.gfn) % sizes.root, n % sizes.gfn)) !== undefined) return broken;
  }
  for (let n = 0; n < sizes.vcpu * sizes.gfn; n++) if (maps(tlb, n) && (broken = tlbBroken(world, Math.floor(n / sizes.gfn), n % sizes.gfn)) !== undefined) return broken;
  for (let n = 0; n < sizes.hva; n++) if (maps(hpte, n) && (broken = hpteBroken(world, n)) !== undefined) return broken;
  return undefined;
}

export const s29: Invariant = {
  id: 'S-29',
  title: 'private content is seen by its VM only',
  statement: 'A page that holds what a VM wrote to it as private memory is mapped by no other VM and not by the host, however it came to them. A '
    + 'TLB that will be emptied before the next access of its guest does not count.',
  onWrite: {
    spte: spteBroken,
    tlb: tlbBroken,
    hpte: hpteBroken,
    page: (world, pfn) => {
      if (world.objects.page(pfn).secret_of === 0) return undefined;
      // With one VM only the host is left, and it maps what its own folios say.
      if (world.facts.sizes.vm > 1) return mappers(world, pfn);
      const { anon, mapping, index } = world.objects.folio(pfn);
      if (mapping !== 0 && nextMapped(world.objects, mapping, index, 0) >= 0) return mappers(world, pfn);
      return anon === 0 || anon > world.facts.sizes.hva || world.objects.hpte(anon - 1).pfn !== pfn ? undefined : hpteBroken(world, anon - 1);
    },
  },
  whole: (world) => mappers(world, 0),
};
