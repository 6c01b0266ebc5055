// Accesses of steps as objects: a run reads and writes the same words with the same values again and again, so those of just now are kept,
// and with each the bytes that an exporter has made of it.

import type { Describer, Indices } from './describe.ts';
import type { Access } from './events.ts';

/** Accesses that are kept, of reads and of writes; one takes the place of another whose numbers fall on the same place. */
const KEPT = 1 << 14;

const NOTHING = new Uint8Array(0);

/** All have the same fields, whether there is something in them or not: what goes through millions of them is quicker by far. */
class KeptAccess implements Access {
  readonly object: string;
  readonly at: Indices;
  readonly field: string;
  readonly element: number | undefined;
  readonly old: number | undefined;
  readonly value: number;
  readonly text: string | undefined;
  #maker: ((one: Access) => Uint8Array) | undefined = undefined;
  #made: Uint8Array = NOTHING;

  constructor({ object, at, field, element, old, value, text }: Access) {
    this.object = object;
    this.at = at;
    this.field = field;
    this.element = element;
    this.old = old;
    this.value = value;
    this.text = text;
  }

  static bytesOf(access: Access, make: (one: Access) => Uint8Array): Uint8Array {
    if (!(#made in access)) return make(access);
    if (access.#maker !== make) {
      access.#made = make(access);
      access.#maker = make;
    }
    return access.#made;
  }
}

/** What `make` makes of an access; made once as long as the access is kept. `make` must be the same function each time. */
export const bytesOfAccess = (access: Access, make: (one: Access) => Uint8Array): Uint8Array => KeptAccess.bytesOf(access, make);

/** Kept accesses by their numbers. */
class Table {
  private readonly cells = new Int32Array(KEPT).fill(-1);
  private readonly olds = new Int32Array(KEPT);
  private readonly values = new Int32Array(KEPT);
  /** What fell on a place last and was not there: it is kept when it comes again, since most of what comes once does not. */
  private readonly asked = new Int32Array(KEPT);
  private readonly accesses: (Access | undefined)[] = Array<undefined>(KEPT).fill(undefined);
  private readonly describer: Describer;
  private readonly reads: boolean;

  constructor(describer: Describer, reads: boolean) {
    this.describer = describer;
    this.reads = reads;
  }

  access(id: number, cell: number, old: number, value: number): Access {
    const mixed = Math.imul(Math.imul(cell, 0x9e3779b1) ^ Math.imul(value, 0x85ebca6b) ^ Math.imul(old, 0xc2b2ae35), 0x27d4eb2f);
    const place = (mixed ^ (mixed >>> 15)) & (KEPT - 1);
    if (this.cells[place] === cell && this.values[place] === value && this.olds[place] === old) return this.accesses[place]!;
    const { object, at, field, element } = this.describer.place(id, cell);
    const access = new KeptAccess({ object, at, field, element, old: this.reads ? undefined : old, value, text: this.describer.meaning(id, cell, value) });
    if (this.asked[place] !== mixed) {
      this.asked[place] = mixed;
      return access;
    }
    this.cells[place] = cell;
    this.olds[place] = old;
    this.values[place] = value;
    this.accesses[place] = access;
    return access;
  }
}

export class Accesses {
  private readonly reads: Table;
  private readonly writes: Table;

  constructor(describer: Describer) {
    this.reads = new Table(describer, true);
    this.writes = new Table(describer, false);
  }

  /** A word that was read. */
  read(id: number, cell: number, value: number): Access {
    return this.reads.access(id, cell, 0, value);
  }

  /** A word that was written, and what was there before. */
  written(id: number, cell: number, old: number, value: number): Access {
    return this.writes.access(id, cell, old, value);
  }
}
