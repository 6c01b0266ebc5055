// Guest memory that comes from the VMM's process: from a memslot to a host page, with a reference (hva_to_pfn, GUP).

import { ok, outcome } from '../memory/outcome.ts';
import { KVM_MEM_READONLY } from '../memory/layouts/kvm.ts';
import { BUS_MCEERR_AR, SIGBUS } from '../memory/layouts/host.ts';
import { EFAULT } from './errno.ts';
import { noSlot } from './fault.ts';
import { absent, headOf, hit } from './folio.ts';
import type { Fault } from '../memory/frames.ts';
import type { Step } from '../memory/world.ts';

export const error = outcome('error');
export const readOnly = outcome('readOnly');

export const steps = {
  /** __gfn_to_hva_many: no memslot; a write to a read-only one; one without host memory behind this gfn; or the host page. */
  'host.slotHva': ({ memslot, facts }, f) => {
    if (f.slot === 0) return noSlot;
    const { hva, base_gfn, flags } = memslot(f.slot);
    const offset = f.gfn - base_gfn;
    if ((flags & KVM_MEM_READONLY) !== 0 && f.write !== 0) return readOnly;
    const page = hva - 1 + offset;
    if (hva === 0 || page >= facts.sizes.hva || facts.hvas.real(page) !== facts.hvas.real(hva - 1) + BigInt(offset)) {
      f.errno = EFAULT;
      return error;
    }
    f.hva = page;
    return ok;
  },
  /** get_user_page_fast_only: reads the page-table entry with interrupts off and takes a reference if it allows the access. */
  'host.fastGup': ({ hpte, folio, folio_ref, memslot }, f) => {
    const entry = hpte(f.hva);
    if (entry.pfn === 0 || entry.protnone !== 0 || (f.write !== 0 && entry.writable === 0)) return absent;
    const head = headOf(folio, entry.pfn);
    folio_ref(head).add_refcount(1);
    f.pfn = entry.pfn;
    f.max_order = folio(head).order;
    f.map_writable = (memslot(f.slot).flags & KVM_MEM_READONLY) !== 0 ? 0 : entry.writable;
    return hit;
  },
  /** The host has no page to give: no mapping there, or no memory. KVM_RUN fails with a bare EFAULT. */
  'host.faultFailed': (_world, f) => {
    f.errno = EFAULT;
    return ok;
  },
  /** kvm_send_hwpoison_signal: SIGBUS for the thread that runs the vCPU; the fault is tried again and finds the signal first. */
  'host.sendHwpoisonSignal': ({ signal }, f) => {
    const pending = signal(f.thread);
    pending.number = SIGBUS;
    pending.hva = f.hva + 1;
    pending.code = BUS_MCEERR_AR;
    return ok;
  },
} satisfies { [name: string]: Step<Fault & { hva: number }> };
