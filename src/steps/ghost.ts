// Ghost state: what an observer must see, kept beside the model. No kernel step reads it; invariants compare it with memory.

import type { World } from '../memory/world.ts';

/** From now on a reader of this page of the file must see this content. */
export function specifyFileContent({ file_content }: World, inode: number, index: number, tag: number, writer: number, value: number): void {
  const ghost = file_content(inode, index);
  ghost.tag = tag;
  ghost.writer = writer;
  ghost.value = value;
}

/** An invalidation was begun by `self` in `vm`. */
export function openInvalidation({ open_invalidation }: World, vm: number, self: number): void {
  open_invalidation(vm, self).open += 1;
}

/** It covers gfns [start, end) from now on. */
export function coverRange({ open_invalidation }: World, vm: number, self: number, start: number, end: number): void {
  const { covers } = open_invalidation(vm, self);
  for (let gfn = start; gfn < end; gfn++) covers.set(gfn);
}

/** It has no entry of `gfn` left to zap. */
export function zapped({ open_invalidation }: World, vm: number, self: number, start: number, end: number): void {
  const ghost = open_invalidation(vm, self);
  for (let gfn = start; gfn < end; gfn++) ghost.zapped.set(gfn);
}

/** It has moved mmu_invalidate_seq on. */
export function seqMoved({ open_invalidation }: World, vm: number, self: number): void {
  open_invalidation(vm, self).seq_moved = 1;
}

/** It has ended. One that was begun within another, as where a hole unmaps its pages from the process, leaves what it covered to that one. */
export function closeInvalidation({ open_invalidation }: World, vm: number, self: number): void {
  const ghost = open_invalidation(vm, self);
  ghost.open = Math.max(0, ghost.open - 1);
  ghost.seq_moved = 0;
  if (ghost.open > 0) return;
  ghost.covers.clearAll();
  ghost.zapped.clearAll();
}

/** From now on a reader of this host page must see this content. */
export function specifyHostContent({ host_content }: World, hva: number, tag: number, writer: number, value: number): void {
  const ghost = host_content(hva);
  ghost.tag = tag;
  ghost.writer = writer;
  ghost.value = value;
}

/** Someone has written to the page through a mapping: its content is now specified, by what the folio says it belongs to. */
export function specifyContent(world: World, pfn: number, tag: number, writer: number, value: number): void {
  const { mapping, index, anon } = world.folio(pfn);
  if (mapping !== 0) specifyFileContent(world, mapping, index, tag, writer, value);
  else if (anon !== 0) specifyHostContent(world, anon - 1, tag, writer, value);
}
