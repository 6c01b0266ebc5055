// What can be held or waited for, and how memory tells who holds it: the one place that a kernel with one more lock adds a row to.
// A class is a layout, as lockdep's class is a place in a struct: an order that holds for one instance must hold for all.
// A layout that is not listed and has the fields of a lock is taken for one, so that a person's patch may bring its own.

import type { Plan } from '../memory/plan.ts';

/** How a class is held. */
export type LockClass = Mutex | RwLock | Section;

/** One holder: mutex, bit lock. */
interface Mutex {
  readonly kind: 'mutex';
  readonly layout: string;
  /** Field with its holder. */
  readonly owner: string;
  /** Steps that take it where nobody else can have it: they never wait for it. */
  readonly fresh?: readonly string[];
}

/** Many readers or one writer. Both kinds here let a queued writer hold back new readers. */
interface RwLock {
  readonly kind: 'rwsem' | 'rwlock';
  readonly layout: string;
  readonly readers: string;
  readonly writer: string;
  /** Who waits: a set of writers (rwsem), a list of actors with writers negative (rwlock). */
  readonly queue: string;
}

/** A stretch that one enters without waiting and that others wait to see left: like a lock whose readers never wait. */
interface Section {
  readonly kind: 'section';
  readonly name: string;
  /** The object whose field is not 0 while somebody is inside. */
  readonly layout: string;
  readonly field: string;
  /** Who is inside: the actor that the object is of, the vCPU that it is of, or whoever counts the field up. */
  readonly inside: 'actor' | 'vcpu' | 'counter';
  /** Steps that wait until it is left, or are bound to wait from there on, the first one in front; the first object of layout `awaited` that they touch is named. */
  readonly waits: readonly string[];
  readonly awaited: string;
}

const mutex = (layout: string, more: Partial<Mutex> = {}): Mutex => ({ kind: 'mutex', layout, owner: 'owner', ...more });
const rwsem = (layout: string): RwLock => ({ kind: 'rwsem', layout, readers: 'readers', writer: 'writer', queue: 'waiting_writers' });
const rwlock = (layout: string): RwLock => ({ kind: 'rwlock', layout, readers: 'readers', writer: 'writer', queue: 'queue' });

export const listedClasses: readonly LockClass[] = [
  mutex('vcpu_lock'),
  mutex('slots_lock'),
  mutex('slots_arch_lock'),
  mutex('mf_mutex'),
  // A folio that was just allocated is locked before anybody can find it.
  mutex('folio_lock', { fresh: ['folio.alloc', 'fileFolio.alloc'] }),
  rwsem('invalidate_lock'),
  rwsem('mmap_lock'),
  rwlock('mmu_lock'),
  // srcu_read_lock never waits; synchronize_srcu waits for all who are inside.
  {
    kind: 'section', name: 'srcu', layout: 'srcu_reader', field: 'kvm', inside: 'actor',
    waits: ['srcu.beginSynchronize'], awaited: 'srcu_reader',
  },
  // A CPU that is not outside guest mode acknowledges no interrupt before it has left; who flushes waits for that.
  {
    kind: 'section', name: 'flush_ack', layout: 'vcpu_mode', field: 'mode', inside: 'vcpu',
    waits: ['flush.sendIpi', 'flush.awaitAcks'], awaited: 'ipi',
  },
  // Between an MMU notifier's start and its end; the memslot installer waits until nobody is there.
  {
    kind: 'section', name: 'mn_active_invalidate_count', layout: 'mn_invalidate', field: 'mn_active_invalidate_count', inside: 'counter',
    waits: ['slots.publish'], awaited: 'mn_invalidate',
  },
];

/** The name of a class in reports. */
export const classNameOf = (row: LockClass): string => (row.kind === 'section' ? row.name : row.layout);

/** The classes of a kernel's memory: those listed that it has, then what looks like a lock. */
export function lockClassesOf({ tables, byName }: Plan): LockClass[] {
  const shaped = tables.flatMap(({ layout: { name, fields } }): LockClass[] => {
    if (listedClasses.some((row) => row.kind !== 'section' && row.layout === name)) return [];
    if (fields['readers']?.bits === 'actor' && fields['writer']?.ref === 'actor') {
      return fields['waiting_writers']?.bits === 'actor' ? [rwsem(name)] : fields['queue']?.cells === 'actor' ? [rwlock(name)] : [];
    }
    return fields['owner']?.ref === 'actor' && Object.keys(fields).length === 1 ? [mutex(name)] : [];
  });
  return [...listedClasses.filter((row) => byName.has(row.layout)), ...shaped];
}
