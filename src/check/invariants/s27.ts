// S-27: memory remembers. What a page of the file, or of the host, must hold is specified beside the model, by those who write
// it, punch it, convert it; the page is compared with it, and so is what a guest or a thread of the VMM reads.

import { GUEST, operand } from '../../memory/code.ts';
import { TAG_POISON, TAG_ZERO } from '../../memory/layouts/folio.ts';
import { ok, outcome } from '../../memory/outcome.ts';
import { fileAt, indexAt, nextMapped } from '../../steps/mappings.ts';
import { ofFile, slotAt } from './state.ts';
import { actorName, contentName, gfnName, hvaName, indexName, vcpuName } from './words.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

const unexpected = outcome('unexpected');
const UNSPECIFIED = -1;

interface Content { readonly tag: number; readonly writer: number; readonly value: number }

/** Two contents differ to a reader. A page that was lost reads as nothing at all. */
const differ = (page: Content, specified: Content): boolean =>
  specified.tag !== UNSPECIFIED && page.tag !== TAG_POISON
  && (page.tag !== specified.tag || (page.tag !== TAG_ZERO && (page.value !== specified.value || page.writer !== specified.writer)));

const named = (world: CheckedWorld, { tag, writer, value }: Content): string => contentName(world, tag, writer, value);

function cachedBroken(world: CheckedWorld, inode: number, index: number): string | undefined {
  const { cache, folio, page, file_content } = world.objects;
  const { pfn } = cache(inode, index);
  if (pfn === 0 || folio(pfn).uptodate === 0 || folio(pfn).hwpoison !== 0 || !differ(page(pfn), file_content(inode, index))) return undefined;
  return `${indexName(world, inode, index)} holds ${named(world, page(pfn))} (pfn ${pfn}), it must hold ${named(world, file_content(inode, index))}`;
}

/** What a host page must hold: where a file is mapped, what its page must hold. */
function behind({ objects, facts }: CheckedWorld, hva: number): Content | undefined {
  if ((facts.regionOfHva[hva] ?? -1) < 0 || fileAt(objects, hva) === 0) return objects.host_content(hva);
  const index = indexAt(objects, hva);
  return index < 0 ? undefined : objects.file_content(objects.mapping(facts.regionOfHva[hva]!).inode, index);
}

function hostBroken(world: CheckedWorld, hva: number): string | undefined {
  const { hpte, page, folio } = world.objects;
  const { pfn } = hpte(hva);
  if (pfn === 0 || folio(pfn).hwpoison !== 0) return undefined;
  const content = behind(world, hva);
  return content === undefined || !differ(page(pfn), content) ? undefined : `${hvaName(world, hva)} holds ${named(world, page(pfn))} (pfn ${pfn}), it must hold ${named(world, content)}`;
}

/** The page of a file where it lies, and wherever the VMM's process maps it. */
function fileBroken(world: CheckedWorld, inode: number, index: number): string | undefined {
  let broken = cachedBroken(world, inode, index);
  for (let hva = nextMapped(world.objects, inode, index, 0); broken === undefined && hva >= 0; hva = nextMapped(world.objects, inode, index, hva + 1)) broken = hostBroken(world, hva);
  return broken;
}

function pageBroken(world: CheckedWorld, pfn: number): string | undefined {
  const { mapping, index, anon } = world.objects.folio(pfn);
  if (mapping !== 0) return world.objects.cache(mapping, index).pfn === pfn ? cachedBroken(world, mapping, index) : undefined;
  return anon !== 0 && anon <= world.facts.sizes.hva ? hostBroken(world, anon - 1) : undefined;
}

/** A guest has read through its TLB: it must have seen what belongs at that gfn. */
function readBroken(world: CheckedWorld): string | undefined {
  const { objects, facts, frames, last } = world;
  if (last.outcome !== ok || operand(facts, last.actor, last.pc, 0) !== GUEST.READ || operand(facts, last.actor, last.pc, 2) > 1) return undefined;
  const { vm, vcpu } = frames[last.actor]!;
  const gfn = operand(facts, last.actor, last.pc, 1);
  const expected = operand(facts, last.actor, last.pc, 4);
  const { pfn, private: isPrivate } = objects.tlb(vcpu, gfn);
  const seen = objects.page(pfn);
  if (expected !== 0 && seen.value !== expected - 1) return `${vcpuName(world, vcpu)} reads ${named(world, seen)} at ${gfnName(world, vm, gfn)}, its program expects ${expected - 1}`;
  const slot = slotAt(world, vm, gfn);
  if (slot === 0) return undefined;
  const { base_gfn, pgoff, hva } = objects.memslot(slot);
  if (ofFile(world, vm, gfn, isPrivate !== 0)) {
    const { file } = objects.slot_gmem(slot);
    const inode = file === 0 ? 0 : objects.file(file).inode;
    const index = gfn - base_gfn + pgoff;
    if (inode === 0 || index >= facts.sizes.index || !differ(seen, objects.file_content(inode, index))) return undefined;
    return `${vcpuName(world, vcpu)} reads ${named(world, seen)} at ${gfnName(world, vm, gfn)}, which must hold ${named(world, objects.file_content(inode, index))}`;
  }
  const page = hva - 1 + gfn - base_gfn;
  if (hva === 0 || page >= facts.sizes.hva) return undefined;
  const specified = behind(world, page);
  if (specified === undefined || !differ(seen, specified)) return undefined;
  return `${vcpuName(world, vcpu)} reads ${named(world, seen)} at ${gfnName(world, vm, gfn)}, which must hold ${named(world, specified)}`;
}

export const s27: Invariant = {
  id: 'S-27',
  title: 'memory holds what was written',
  statement: 'A read returns what was written last to that page, or zero if the page was punched or discarded since; unless its content is '
    + 'unspecified by a conversion, or lost to a memory failure.',
  onWrite: {
    page: pageBroken,
    folio: pageBroken,
    cache: cachedBroken,
    file_content: fileBroken,
    host_content: hostBroken,
    hpte: hostBroken,
  },
  after: {
    'guest.execute': readBroken,
    'vmm.hostAccess': (world) => {
      const { objects, facts, frames, last } = world;
      if (last.outcome !== unexpected) return undefined;
      const hva = frames[last.actor]!['hva']!;
      return `${actorName(world, last.actor)} reads ${named(world, objects.page(objects.hpte(hva).pfn))} at ${hvaName(world, hva)}, its program expects ${operand(facts, last.actor, last.pc, 5) - 1}`;
    },
  },
  whole: (world) => {
    const { words, pfns: { cache, hpte }, facts: { sizes } } = world;
    for (let inode = 1; inode < sizes.inode; inode++) {
      for (let index = 0; index < sizes.index; index++) {
        const broken = words[cache.at + (inode * sizes.index + index) * cache.stride] === 0 ? undefined : cachedBroken(world, inode, index);
        if (broken !== undefined) return broken;
      }
    }
    for (let hva = 0; hva < sizes.hva; hva++) {
      const broken = words[hpte.at + hva * hpte.stride] === 0 ? undefined : hostBroken(world, hva);
      if (broken !== undefined) return broken;
    }
    return undefined;
  },
};
