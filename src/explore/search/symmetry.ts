// Interchangeable vCPUs and page frames, folded into the hash: states that differ only in which of them is which have one hash, and no state
// is ever sorted. A word counts in lanes of its own for each pair of a vCPU and a page that it belongs to or names (or of none), made with
// the same keys for all. The hash sums what the lanes of each vCPU mix to; pages are put in an order first, by what their lanes hold, and
// where that leaves more than one order, the least hash counts. While words of one vCPU name another one, vCPUs are not folded, while those
// of a page name another one, pages are not.

import { HashKeys, mix, scramble } from '../../memory/hash.ts';
import { isSet, kindOf, PFN_NAME, PLAIN, shiftOf, type Naming } from './naming.ts';
import { PageOrders } from './page-orders.ts';
import { Renamer } from './renaming.ts';

/** Lanes: words that name another vCPU than the one that they are of, words of a page that name another one, then two for each pair. */
const CROSS = 0, APART = 1, FIRST = 2;
/** So many times the JIT's attention is sure. */
const REHEARSALS = 100;

export class Symmetry {
  readonly naming: Naming;
  readonly renamer: Renamer;
  readonly lanes: number;
  /** Hash of the state as `fold` saw it. */
  low = 0;
  high = 0;
  private readonly keys: HashKeys;
  /** By word: the keys of its canonical word; where a plain one counts, 0 for those that name something. */
  private readonly low32: Int32Array;
  private readonly high32: Int32Array;
  private readonly plainAt: Int32Array;
  private readonly members: number;
  private readonly groups: Int32Array;
  private readonly pages: number;
  /** Lanes from one vCPU to the next. */
  private readonly stride: number;
  private readonly orders: PageOrders;
  private pagesFold: boolean;
  /** By place in the order of pages. */
  private readonly lowPlace: Int32Array;
  private readonly highPlace: Int32Array;
  private readonly foldOnce = (lanes: Int32Array, order: Int32Array): void => {
    const { low, high } = this;
    this.foldInOrder(lanes, order);
    if (this.low > low || (this.low === low && this.high > high)) {
      this.low = low;
      this.high = high;
    }
  };

  constructor(naming: Naming) {
    const { plan: { stateWords }, members, pages } = naming;
    this.naming = naming;
    this.renamer = new Renamer(naming);
    this.members = members.length;
    this.groups = Int32Array.from(members, ({ group }) => group);
    this.pages = pages;
    this.pagesFold = pages > 1;
    this.stride = 2 * (pages + 1);
    this.lanes = FIRST + (members.length + 1) * this.stride;
    this.orders = new PageOrders(FIRST, members.length, pages);
    this.keys = new HashKeys(stateWords);
    this.low32 = Int32Array.from(naming.canon, (cell) => this.keys.low[cell]!);
    this.high32 = Int32Array.from(naming.canon, (cell) => this.keys.high[cell]!);
    this.plainAt = Int32Array.from(naming.type, (type, cell) => (type === PLAIN ? this.laneOf(naming.owner[cell]!, naming.page[cell]!) : 0));
    this.lowPlace = Int32Array.from({ length: pages }, (_one, place) => mix(place * 2 + 0x70a6e) | 1);
    this.highPlace = Int32Array.from({ length: pages }, (_one, place) => mix(place * 2 + 0x70a6f) | 1);
    if (pages > 1 && members.length > 1) this.rehearse();
  }

  /** Folds a state in which two pages are tied a few times: such states are rare, and the JIT would throw what it has compiled away, and with
   *  it whatever folds, when it meets the first. */
  private rehearse(): void {
    const lanes = new Int32Array(this.lanes);
    lanes[this.laneOf(0, 0)] = 1;
    lanes[this.laneOf(1, 1)] = 1;
    for (let k = 0; k < REHEARSALS; k++) this.fold(lanes);
  }

  /** Pages keep their names from now on. */
  keepPagesApart(): void {
    this.pagesFold = false;
  }

  get foldsPages(): boolean {
    return this.pagesFold;
  }

  /** The lane of a vCPU (a member, or -1) and a page (pfn - 1, or -1). */
  private laneOf(owner: number, page: number): number {
    return FIRST + (owner + 1) * this.stride + (page + 1) * 2;
  }

  /** A word counts as another value from now on. */
  rehash(lanes: Int32Array, cell: number, previous: number, value: number): void {
    const at = this.plainAt[cell]!;
    if (at === 0) {
      this.count(lanes, cell, previous, -1);
      this.count(lanes, cell, value, 1);
      return;
    }
    const difference = (scramble(value) - scramble(previous)) | 0;
    lanes[at] = (lanes[at]! + Math.imul(this.low32[cell]!, difference)) | 0;
    lanes[at + 1] = (lanes[at + 1]! + Math.imul(this.high32[cell]!, difference)) | 0;
  }

  private add(lanes: Int32Array, at: number, key: number, amount: number): void {
    lanes[at] = (lanes[at]! + Math.imul(this.keys.low[key]!, amount)) | 0;
    lanes[at + 1] = (lanes[at + 1]! + Math.imul(this.keys.high[key]!, amount)) | 0;
  }

  /** Adds what a word that names something counts for, or takes it away. */
  private count(lanes: Int32Array, cell: number, value: number, sign: number): void {
    if (value === 0) return;
    const { naming } = this;
    const type = naming.type[cell]!;
    const kind = kindOf(type);
    const key = naming.canon[cell]!;
    if (isSet(type)) {
      const memberOf = naming.memberOf[kind]!;
      const firstOf = naming.firstOf[kind]!;
      const firstBit = naming.firstBit[cell]!;
      let others = value;
      for (let rest = value; rest !== 0; rest &= rest - 1) {
        const bit = rest & -rest;
        const n = firstBit + 31 - Math.clz32(bit);
        const member = memberOf[n] ?? -1;
        if (member < 0) continue;
        others &= ~bit;
        // Which member of the set it is, so as the first would be it; whichever word of the set that bit lies in.
        this.countName(lanes, cell, kind, member, key - (firstBit >>> 5), mix(firstOf[n]! + 0x5e7), mix(n + 0xc05), sign);
      }
      this.add(lanes, this.laneOf(naming.owner[cell]!, naming.page[cell]!), key, Math.imul(sign, scramble(others)));
      return;
    }
    const shift = shiftOf(kind);
    const n = Math.abs(value) - shift;
    const member = naming.memberOf[kind]![n] ?? -1;
    if (member < 0) {
      this.add(lanes, this.laneOf(naming.owner[cell]!, naming.page[cell]!), key, Math.imul(sign, scramble(value)));
      return;
    }
    const named = naming.firstOf[kind]![n]! + shift;
    this.countName(lanes, cell, kind, member, key, scramble(value < 0 ? -named : named), scramble(value), sign);
  }

  /** Counts the name of a member in a word: as `amount` where it says no more than whose word it is; as `whole` where it is another one's. */
  private countName(lanes: Int32Array, cell: number, kind: number, member: number, key: number, amount: number, whole: number, sign: number): void {
    const { naming } = this;
    const owner = naming.owner[cell]!;
    const page = naming.page[cell]!;
    const isPage = kind === PFN_NAME;
    const of = isPage ? page : owner;
    if (of >= 0 && of !== member) {
      const crossing = isPage ? APART : CROSS;
      lanes[crossing] = lanes[crossing]! + sign;
      this.add(lanes, this.laneOf(owner, page), key, Math.imul(sign, whole));
    } else this.add(lanes, isPage ? this.laneOf(owner, member) : this.laneOf(member, page), key, Math.imul(sign, amount));
  }

  /** The hash of the state that has these lanes, into `low` and `high`. */
  fold(lanes: Int32Array): void {
    const { orders } = this;
    if (!this.pagesFold || lanes[APART] !== 0 || !orders.arrange(lanes)) {
      this.foldInOrder(lanes, orders.byNumber);
      return;
    }
    this.foldInOrder(lanes, orders.order);
    if (orders.tied) orders.forOthers(lanes, this.foldOnce);
  }

  private foldInOrder(lanes: Int32Array, order: Int32Array): void {
    const { members, pages, stride, lowPlace, highPlace, groups } = this;
    // While one vCPU's words name another one, each is what its number says.
    const apart = lanes[CROSS] !== 0;
    let low = 0;
    let high = 0;
    for (let m = -1, at = FIRST; m < members; m++, at += stride) {
      let a = lanes[at]!;
      let b = lanes[at + 1]!;
      for (let place = 0; place < pages; place++) {
        const lane = at + 2 + 2 * order[place]!;
        a = (a + Math.imul(lanes[lane]!, lowPlace[place]!)) | 0;
        b = (b + Math.imul(lanes[lane + 1]!, highPlace[place]!)) | 0;
      }
      if (m < 0) {
        low = a;
        high = b;
      } else {
        const kind = apart ? m + 0x10000 : groups[m]!;
        low = (low + mix(a ^ Math.imul(b, 0x2545f491) ^ kind)) | 0;
        high = (high + mix(b ^ Math.imul(a, 0x9e3779b1) ^ ~kind)) | 0;
      }
    }
    this.low = low;
    this.high = high;
  }
}
