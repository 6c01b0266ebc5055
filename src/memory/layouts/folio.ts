// Physical page frames and the folios on them. pfn 0 is no page.

import { layout } from '../layout.ts';

export const TAGS = ['zero', 'host', 'vm', 'poison'] as const;
export const TAG_ZERO = 0, TAG_HOST = 1, TAG_VM = 2, TAG_POISON = 3;

/** Content of a page frame: zero | host:value | vm:writer:value | poison. Guests and hosts read and write it with no lock at all. */
export const page = layout('page', {
  tag: { names: TAGS },
  /** VM number of a vm tag. */
  writer: {},
  value: {},
  /** Written while private: nobody but this VM (+ 1) may see it. */
  secret_of: { ref: 'vm' },
}, { per: ['pfn'] });

/** Content of a page frame byte by byte, beside `page`: a segment is a run of bytes that always have one value, cut where the accesses of a
 *  scenario begin and end. A scenario whose pages have one value each has no segments. */
export const page_bytes = layout('page_bytes', { byte: { cells: 'segment' } }, { per: ['pfn'] });

/** struct folio but for its refcount and lock. mapping and index change with the folio locked; hwpoison is set by test-and-set. */
export const folio = layout('folio', {
  /** Inode of the page cache that holds it; 0: none, or truncated. */
  mapping: { ref: 'inode' },
  index: { ref: 'index' },
  /** Anonymous memory of the VMM's process: its host page, + 1. */
  anon: { ref: 'hva' },
  uptodate: {},
  hwpoison: {},
  /** log2 of the pages of the folio that starts here. */
  order: {},
  /** First page of the folio that this page is a later page of; 0 for a first page. */
  head: { ref: 'pfn' },
}, { per: ['pfn'] });

/** folio->_refcount: the cache's reference and each temporary user's. Zero: free. */
export const folio_ref = layout('folio_ref', { refcount: { counter: true } }, { per: ['pfn'] });

/** PG_locked; the owner is kept for the wait-for graph only. */
export const folio_lock = layout('folio_lock', { owner: { ref: 'actor' } }, { per: ['pfn'] });

/** The page allocator: pages that are in use. */
export const buddy = layout('buddy', { used: { bits: 'pfn' } });

/** mf_mutex: one memory_failure() at a time on a host. */
export const mf_mutex = layout('mf_mutex', { owner: { ref: 'actor' } });
