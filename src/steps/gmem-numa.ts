// Steps of memory policy on a guest_memfd: mbind(2) through a mapping sets the policy of the file's pages, which says from which node they are
// allocated. The machine has two nodes, of half the page frames each; threads run on node 0.

import { ok } from '../memory/outcome.ts';
import { arg, arg64, argumentOffset, putResult, resultOffset, type Call } from '../memory/calls.ts';
import { pageAligned, pages, toBig } from '../memory/u64.ts';
import { EFAULT, EINVAL, ENOENT, ENOMEM } from './errno.ts';
import { allocationFails, enomem } from './folio.ts';
import { refused } from './fallocate.ts';
import { steps as releaseSteps } from './gmem-release.ts';
import { fileAt, indexAt, isMapped, pagesOf, roundUp } from './mappings.ts';
import type { mem_policy } from '../memory/layouts/mem-policy.ts';
import type { Table } from '../memory/layout.ts';
import type { FolioAt, Operation } from '../memory/frames.ts';
import type { Facts, Frame, World } from '../memory/world.ts';

export const NODES = 2;
const ALL_NODES = (1 << NODES) - 1;

export const MPOL_DEFAULT = 0, MPOL_PREFERRED = 1, MPOL_BIND = 2, MPOL_INTERLEAVE = 3, MPOL_LOCAL = 4;
const LAST_MODE = MPOL_LOCAL;

const hva: Call['arguments'][number] = { name: 'hva', type: 'u64', description: 'address, bytes' };
const mbindCall: Call = {
  name: 'mbind', on: 'host', fragment: 'host.mbind', description: 'mbind(2) on a mapping of a guest_memfd', recorded: true,
  arguments: [
    hva, { name: 'size', type: 'u64', description: 'bytes' },
    { name: 'policy', type: 'u32', description: '0 default, 1 preferred, 2 bind, 3 interleave, 4 local' },
    { name: 'nodes', type: 'u32', default: 0, description: 'one bit a node' },
  ],
};
const getCall: Call = {
  name: 'get_mempolicy', on: 'host', fragment: 'host.getMempolicy', description: 'get_mempolicy(2) of an address', recorded: true,
  arguments: [hva], results: [{ name: 'policy', type: 'u32' }, { name: 'nodes', type: 'u32' }],
};
const nodeCall: Call = {
  name: 'page_node', on: 'host', fragment: 'host.pageNode', description: 'move_pages(2) that only asks on which node a page is', recorded: true,
  arguments: [hva], results: [{ name: 'node', type: 'u32' }],
};
export const calls: readonly Call[] = [mbindCall, getCall, nodeCall];

const POLICY = argumentOffset(mbindCall, 'policy'), WANTED = argumentOffset(mbindCall, 'nodes');
const POLICY_RESULT = resultOffset(getCall, 'policy'), NODES_RESULT = resultOffset(getCall, 'nodes'), NODE_RESULT = resultOffset(nodeCall, 'node');

export type NumaWorld = World & { readonly mem_policy: Table<typeof mem_policy> };

/** The node of a page frame. */
export const nodeOf = ({ sizes }: Facts, pfn: number): number => Math.floor(((pfn - 1) * NODES) / (sizes.pfn - 1));

/** Lowest free frame of these nodes that is not poisoned; 0 when there is none. */
function firstFreeOn({ buddy, folio, facts }: World, nodes: number): number {
  const { used } = buddy();
  for (let pfn = used.firstClear(1); pfn < facts.sizes.pfn; pfn = used.firstClear(pfn + 1)) {
    if (folio(pfn).hwpoison === 0 && (nodes & (1 << nodeOf(facts, pfn))) !== 0) return pfn;
  }
  return 0;
}

/** The n-th node of a set, over and over. */
function nthNode(nodes: number, n: number): number {
  const members = Array.from({ length: NODES }, (_one, node) => node).filter((node) => (nodes & (1 << node)) !== 0);
  return 1 << members[n % members.length]!;
}

/** mpol_shared_policy_lookup, then the allocation that the policy of the page asks for; 0 when it finds none. */
function allocateFor(world: NumaWorld, inode: number, index: number): number {
  const { mode, nodes } = world.mem_policy(inode, index);
  if (mode === MPOL_BIND) return firstFreeOn(world, nodes);
  const first = mode === MPOL_PREFERRED ? nodes : mode === MPOL_INTERLEAVE ? nthNode(nodes, Number(world.facts.indexes.real(index))) : 1;
  return firstFreeOn(world, first) || firstFreeOn(world, ALL_NODES);
}

/** A new folio for a page of a file, locked, with the caller's reference; 0 when there is none. */
function newFolio(world: NumaWorld, self: number, inode: number, index: number): number {
  const pfn = allocationFails(world) ? 0 : allocateFor(world, inode, index);
  if (pfn === 0) return 0;
  world.buddy().used.set(pfn);
  world.folio_ref(pfn).refcount = 1;
  world.folio_lock(pfn).owner = self;
  return pfn;
}

const fail = (f: Frame<Operation>, errno: number): number => {
  f.errno = errno;
  return refused;
};

/** What is wrong with a mode and its nodes (sanitize_mpol_flags, mpol_new); 0: nothing. */
function policyErrno(mode: number, nodes: number): number {
  if (mode < MPOL_DEFAULT || mode > LAST_MODE) return EINVAL;
  if ((nodes & ~ALL_NODES) !== 0) return EINVAL;
  if (mode === MPOL_DEFAULT || mode === MPOL_LOCAL) return nodes === 0 ? 0 : EINVAL;
  return nodes === 0 && mode !== MPOL_PREFERRED ? EINVAL : 0;
}

export const steps = {
  /** __filemap_get_folio_mpol: the page of an allocation or of a guest. */
  'folio.alloc': (world, f) => {
    f.pfn = newFolio(world, f.self, f.inode, f.index);
    if (f.pfn !== 0) return ok;
    f.errno = ENOMEM;
    return enomem;
  },
  /** The same for a fault of the process. */
  'fileFolio.alloc': (world, f) => {
    f.page = newFolio(world, f.self, f.of, f.at);
    return f.page !== 0 ? ok : enomem;
  },
  /** mpol_free_shared_policy, destroy_inode */
  'inode.free': (world, f) => {
    for (let index = 0; index < world.facts.sizes.index; index++) {
      const policy = world.mem_policy(f.inode, index);
      if (policy.mode === 0) continue;
      policy.mode = 0;
      policy.nodes = 0;
    }
    return releaseSteps['inode.free'](world, f);
  },
  /** do_mbind, mmap_lock held for writing: the policy of the file's pages; those that are there stay where they are. */
  'mbind.apply': (world, f) => {
    const mode = arg(world, f, POLICY);
    const nodes = arg(world, f, WANTED);
    const errno = policyErrno(mode, nodes);
    if (errno !== 0 || !pageAligned(arg64(world, f, 0))) return fail(f, EINVAL);
    const bytes = roundUp(toBig(arg64(world, f, 2)));
    if (toBig(arg64(world, f, 0)) + bytes >> 64n !== 0n) return fail(f, EINVAL);
    const { first, behind, whole } = pagesOf(world, arg64(world, f, 0), bytes);
    for (let page = first; page < behind; page++) if (!isMapped(world, page)) return fail(f, EFAULT);
    if (!whole) return fail(f, EFAULT);
    for (let page = first; page < behind; page++) {
      if (fileAt(world, page) === 0) throw new RangeError('the memory policy of anonymous memory is not modelled');
      const index = indexAt(world, page);
      if (index < 0) continue;
      const policy = world.mem_policy(world.mapping(world.facts.regionOfHva[page]!).inode, index);
      policy.mode = mode;
      policy.nodes = nodes;
    }
    return ok;
  },
  /** do_get_mempolicy with MPOL_F_ADDR, mmap_lock held for reading. */
  'mempolicy.get': (world, f) => {
    const page = world.facts.hvas.find(toBig(pages(arg64(world, f, 0))));
    if (page < 0 || !isMapped(world, page)) return fail(f, EFAULT);
    const index = fileAt(world, page) === 0 ? -1 : indexAt(world, page);
    if (index < 0) return ok;
    const { mode, nodes } = world.mem_policy(world.mapping(world.facts.regionOfHva[page]!).inode, index);
    putResult(world, f, POLICY_RESULT, mode);
    putResult(world, f, NODES_RESULT, nodes);
    return ok;
  },
  /** do_pages_stat: the node of the page that the page table has. */
  'pageNode.get': (world, f) => {
    const page = world.facts.hvas.find(toBig(pages(arg64(world, f, 0))));
    if (page < 0 || !isMapped(world, page)) return fail(f, EFAULT);
    const { pfn } = world.hpte(page);
    if (pfn === 0) return fail(f, ENOENT);
    putResult(world, f, NODE_RESULT, nodeOf(world.facts, pfn));
    return ok;
  },
} satisfies { [name: string]: (world: NumaWorld, f: Frame<Operation & FolioAt & { of: number; at: number; page: number }>, choose: (n: number) => number) => number };
