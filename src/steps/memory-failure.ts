// Steps of memory_failure() (A13, T8): what a host does with a page frame that has lost its content. One at a time, mf_mutex
// outermost. 6.8 takes MF_DELAYED for an error and the page cache's own reference for one too many (G4-B5).

import { ok, outcome } from '../memory/outcome.ts';
import * as mailbox from '../memory/mailbox.ts';
import * as mutex from '../memory/mutex.ts';
import { BUS_MCEERR_AO, BUS_MCEERR_AR, SIGBUS } from '../memory/layouts/host.ts';
import { EBUSY, EHWPOISON } from './errno.ts';
import { done } from './flush.ts';
import { absent, already, headOf, putFolio, truncated } from './folio.ts';
import { specifyHostContent } from './ghost.ts';
import { entryAt } from './host-fault.ts';
import { fileAt, nextMapped } from './mappings.ts';
import { groupLeader, sendSignal } from './signal.ts';
import { MESSAGE_REPLY } from './vcpu.ts';
import type { MemoryFailure, Operation } from '../memory/frames.ts';
import type { Frame, Step, World } from '../memory/world.ts';

export const free = outcome('free');
export const fileFolio = outcome('file');
export const anonFolio = outcome('anon');
export const strike = outcome('strike');

/** enum mf_result; 0 is none yet. */
export const MF_IGNORED = 1, MF_FAILED = 2, MF_DELAYED = 3, MF_RECOVERED = 4;

/** folio.hwpoison: set; and of a page that was nobody's when its failure was handled, so that nothing was done: it may be on its way to a new owner. */
export const POISONED = 1, GIVEN_UP = 2;

export type Mf = MemoryFailure & Operation & { hva: number; hva_end: number };

/** Who gets a SIGBUS because a mapping was taken away: the thread that consumed the error, or a process that wants to know at once. */
function killProcess(world: World, f: Frame<Mf>): void {
  if (f.consumer !== 0) sendSignal(world, f.self, f.consumer - 1, { number: SIGBUS, hva: f.hva + 1, code: BUS_MCEERR_AR });
  else if (f.early !== 0) sendSignal(world, f.self, groupLeader(world), { number: SIGBUS, hva: f.hva + 1, code: BUS_MCEERR_AO });
}

/** memory_failure()'s result: FAILED if somebody beyond `expected` still refers to the page; errno from the result. */
export function verdict(world: World, f: Frame<Mf>, expected: number): number {
  if (world.folio_ref(headOf(world.folio, f.pfn)).refcount > expected) f.result = MF_FAILED;
  f.errno = f.result === MF_RECOVERED || f.result === MF_DELAYED ? 0 : EBUSY;
  return ok;
}

export const steps = {
  /** do_machine_check, memory_failure_queue: a page frame to deal with. */
  'mf.receive': ({ mailbox: boxes }, f) => {
    const box = boxes(f.self);
    if (!mailbox.waiting(box)) return mailbox.nothing(box);
    f.pfn = box.payload.at(0);
    f.consumer = box.payload.at(1);
    f.early = box.payload.at(2);
    mailbox.take(box);
    return strike;
  },
  /** mutex_lock(&mf_mutex) */
  'mf.lock': ({ mf_mutex }, f) => mutex.lock(mf_mutex(), f.self),
  'mf.unlock': ({ mf_mutex }) => mutex.unlock(mf_mutex()),
  /** MF1: TestSetPageHWPoison */
  'mf.setHwpoison': ({ folio }, f) => {
    const page = folio(f.pfn);
    if (page.hwpoison === 0) {
      page.hwpoison = POISONED;
      return ok;
    }
    f.errno = EHWPOISON;
    return already;
  },
  /** kill_accessing_process: the page is lost since before; who consumed it now must know. The caller's reference, if it has one, goes. */
  'mf.killAccessing': (world, f) => {
    if (f.counted !== 0) putFolio(world, f.pfn);
    if (f.consumer !== 0) sendSignal(world, f.self, f.consumer - 1, { number: SIGBUS, code: BUS_MCEERR_AR });
    return ok;
  },
  /** MF2: get_hwpoison_page. A page that nobody uses stays out of the allocator from now on, and that is all. */
  'mf.getPage': ({ folio, folio_ref }, f) => {
    const target = folio_ref(headOf(folio, f.pfn));
    if (f.counted !== 0) return ok;
    if (target.refcount === 0) return free;
    target.add_refcount(1);
    return ok;
  },
  /** MF3, MF9: folio_lock, folio_unlock */
  'mf.lockFolio': ({ folio, folio_lock }, f) => mutex.lock(folio_lock(headOf(folio, f.pfn)), f.self),
  'mf.unlockFolio': ({ folio, folio_lock }, f) => mutex.unlock(folio_lock(headOf(folio, f.pfn))),
  /** identify_page_state, now that it cannot change: of a file, of a process, or of nobody any more. */
  'mf.identify': ({ folio }, f) => {
    const { mapping, index, anon } = folio(f.pfn);
    if (mapping !== 0) {
      f.inode = mapping;
      f.start = index;
      f.end = index + 1;
      return fileFolio;
    }
    if (anon !== 0) {
      f.result = MF_RECOVERED;
      return anonFolio;
    }
    f.result = MF_IGNORED;
    folio(f.pfn).hwpoison = GIVEN_UP;
    return truncated;
  },
  /** MF4, hwpoison_user_mappings: the next page-table entry of the folio. */
  'mf.findMapping': (world, f) => {
    const head = headOf(world.folio, f.pfn);
    const behind = head + (1 << world.folio(head).order);
    for (let page = head; page < behind; page++) {
      // rmap_walk_file: the mappings of the file, as far as they have an entry.
      const { anon, mapping, index } = world.folio(page);
      for (let hva = mapping === 0 ? -1 : nextMapped(world, mapping, index, 0); hva >= 0; hva = nextMapped(world, mapping, index, hva + 1)) {
        if (world.hpte(hva).pfn !== page) continue;
        f.hva = hva;
        f.hva_end = hva + 1;
        return ok;
      }
      // rmap_walk_anon: a folio of the process knows where it is mapped.
      if (anon === 0 || world.hpte(anon - 1).pfn !== page) continue;
      const { first, pages } = entryAt(world, anon - 1);
      f.hva = first;
      f.hva_end = first + pages;
      return ok;
    }
    f.hva = 0;
    f.hva_end = 0;
    return done;
  },
  /** try_to_unmap(TTU_HWPOISON): the entry becomes a marker, unless it went meanwhile. */
  'mf.unmapEntry': (world, f) => {
    const { pfn } = world.hpte(f.hva);
    if (pfn === 0 || headOf(world.folio, pfn) !== headOf(world.folio, f.pfn)) return absent;
    for (let { hva } = f; hva < f.hva_end; hva++) {
      const entry = world.hpte(hva);
      const anonymous = fileAt(world, hva) === 0;
      if (anonymous) world.folio(entry.pfn).anon = 0;
      entry.pfn = 0;
      entry.writable = 0;
      entry.protnone = 0;
      entry.hwpoison = 1;
      if (anonymous) specifyHostContent(world, hva, -1, 0, 0);
    }
    return ok;
  },
  /** folio_put of the entry's reference. */
  'mf.putMapping': (world, f) => {
    putFolio(world, f.pfn);
    return ok;
  },
  /** kill_procs */
  'mf.killProcess': (world, f) => {
    killProcess(world, f);
    return ok;
  },
  /** truncate_error_folio: what error_remove_folio returned, MF_DELAYED for guest_memfd, is not 0 and so an error (G4-B5). */
  'mf.readCallbackResult': (_world, f) => {
    f.result = MF_FAILED;
    return ok;
  },
  /** MF10, has_extra_refcount: every reference but this function's own is one too many (G4-B5). */
  'mf.verdict': (world, f) => verdict(world, f, 1),
  /** put_page */
  'mf.putPage': (world, f) => {
    putFolio(world, f.pfn);
    return ok;
  },
  /** kill_me_maybe: the page could not be dealt with, so the thread that needs it cannot go on. */
  'mf.killConsumer': (world, f) => {
    if (f.consumer !== 0 && f.errno !== 0 && f.errno !== EHWPOISON) sendSignal(world, f.self, f.consumer - 1, { number: SIGBUS });
    return ok;
  },
  'mf.reply': ({ mailbox: boxes }, f) => {
    mailbox.send(boxes(f.caller), MESSAGE_REPLY, f.self, [f.errno]);
    return ok;
  },
} satisfies { [name: string]: Step<Mf> };
