// What is left behind when everybody rests: locks that are held, sections that were not left, and, once all descriptors of files and VMs are
// closed, whatever was not freed (L-07). Counts of references and of open invalidations have invariants of their own, which are
// evaluated when everybody rests (S-19, S-14); this adds what those do not look at.

import { lockClassesOf } from '../check/lock-classes.ts';
import { FILE_DYING, FILE_LIVE } from '../memory/layouts/gmem.ts';
import { KVM_LIVE, SLOT_LIVE } from '../memory/layouts/kvm.ts';
import { tableOfObject } from '../memory/plan.ts';
import { inBatch } from '../steps/lru-batch.ts';
import { Describer } from '../runtime/describe.ts';
import type { RunWorld } from '../runtime/world.ts';

/** What is left behind is L-07. */
export const LEAK = 'L-07';

export interface Leak { readonly what: string; readonly sentence: string }

/** Has nothing to say of a kernel that has not these objects. */
const LIFE = ['file', 'inode', 'fd', 'kvm', 'memslot', 'folio_ref', 'folio', 'hpte', 'binding', 'vcpu_fd', 'mapping'] as const;

export class Leaks {
  private readonly world: RunWorld;
  private readonly describer: Describer;
  private readonly known: boolean;
  /** Words that are not 0 while something is held, and the objects that they are of. */
  private readonly cells: Int32Array;
  private readonly ids: Int32Array;

  constructor(world: RunWorld) {
    this.world = world;
    this.describer = new Describer(world);
    const cells: number[] = [];
    const ids: number[] = [];
    for (const row of lockClassesOf(world.plan)) {
      // Whether a vCPU is in guest mode is no lock: one that has halted may stay there.
      if (row.kind === 'section' && row.inside === 'vcpu') continue;
      const { base, words: stride, count, firstId, fields } = world.plan.byName.get(row.layout)!;
      for (const name of row.kind === 'mutex' ? [row.owner] : row.kind === 'section' ? [row.field] : [row.writer, row.readers]) {
        const { offset, words } = fields.find((field) => field.name === name)!;
        for (let n = 0; n < count; n++) {
          for (let k = 0; k < words; k++) {
            cells.push(base + n * stride + offset + k);
            ids.push(firstId + n);
          }
        }
      }
    }
    this.cells = Int32Array.from(cells);
    this.ids = Int32Array.from(ids);
    this.known = LIFE.every((name) => world.plan.byName.has(name));
  }

  /** The first thing left behind, asked when nobody can go on and everybody rests or has ended. */
  find(): Leak | undefined {
    return this.heldLock() ?? (this.known && this.allClosed() ? this.leftOver() : undefined);
  }

  private heldLock(): Leak | undefined {
    const { cells, ids, world: { words } } = this;
    for (let k = 0; k < cells.length; k++) {
      if (words[cells[k]!] === 0) continue;
      const id = ids[k]!;
      const holders = this.describer.actorsIn(id);
      const who = holders.length > 0 ? ` by ${holders.join(', ')}` : '';
      return { what: `held ${tableOfObject(this.world.plan, id).layout.name}`, sentence: `everybody rests, but ${this.describer.name(id)} is still held${who}` };
    }
    return undefined;
  }

  /** No descriptor is open, of whatever, and no file is mapped. */
  private allClosed(): boolean {
    const { objects: { fd, kvm, vcpu_fd, mapping }, facts: { sizes, regionAt } } = this.world;
    for (let region = 0; region < regionAt.length; region++) if (mapping(region).file !== 0) return false;
    for (let n = 0; n < sizes.fd; n++) if (fd(n).file !== 0) return false;
    for (let vcpu = 0; vcpu < sizes.vcpu; vcpu++) if (vcpu_fd(vcpu).open !== 0) return false;
    for (let vm = 0; vm < sizes.vm; vm++) if (kvm(vm).fd_open !== 0) return false;
    return true;
  }

  private leftOver(): Leak | undefined {
    const { objects, facts: { sizes } } = this.world;
    const { file, inode, kvm, memslot, folio, folio_ref, hpte, binding } = objects;
    const closed = 'everything is closed and everybody rests, but';
    for (let vm = 0; vm < sizes.vm; vm++) {
      if (kvm(vm).state === KVM_LIVE) return { what: 'kvm', sentence: `${closed} ${this.describer.name(kvm(vm).id)} is not destroyed: users_count is ${kvm(vm).users_count}` };
    }
    for (let n = 1; n < sizes.file; n++) {
      const { state, f_count, id } = file(n);
      if (state === FILE_LIVE || state === FILE_DYING) return { what: 'file', sentence: `${closed} ${this.describer.name(id)} is not released: it has ${f_count} references` };
    }
    for (let n = 1; n < sizes.inode; n++) {
      const { live, i_count, id } = inode(n);
      if (live !== 0) return { what: 'inode', sentence: `${closed} ${this.describer.name(id)} is not freed: it has ${i_count} references` };
    }
    for (let n = 1; n < sizes.slot; n++) {
      if (memslot(n).state === SLOT_LIVE) return { what: 'memslot', sentence: `${closed} ${this.describer.name(memslot(n).id)} is not freed` };
    }
    for (let n = 1; n < sizes.file; n++) {
      for (let index = 0; index < sizes.index; index++) {
        const { slot, id } = binding(n, index);
        // A released file's bindings went with it.
        if (slot !== 0 && file(n).state !== 0 && file(n).inode !== 0) return { what: 'binding', sentence: `${closed} ${this.describer.name(id)} is still bound to memslot ${slot}` };
      }
    }
    for (let pfn = 1; pfn < sizes.pfn; pfn++) {
      const { refcount, id } = folio_ref(pfn);
      const { anon, head } = folio(pfn);
      // Memory of the VMM's process stays mapped: it has not exited. What lies in a batch alone goes when that is drained.
      const mapped = anon !== 0 && anon <= sizes.hva && hpte(anon - 1).pfn === pfn;
      if (refcount !== 0 && head === 0 && !mapped && !(refcount === 1 && inBatch(objects, pfn))) return { what: 'folio', sentence: `${closed} ${this.describer.name(id)} is not freed: refcount is ${refcount}` };
    }
    return undefined;
  }
}
