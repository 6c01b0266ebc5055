// The orders of a state's pages that its hash has to look at: pages sorted by what their lanes hold, which does not depend on their names.
// Pages that differ and cannot be told apart so may stand in any order; pages whose lanes are the same ones leave nothing to choose.

import { mix } from '../../memory/hash.ts';

/** No more orders than these are tried; states that leave more are not folded. */
const MOST = 720;

export class PageOrders {
  /** Pages by place, as `arrange` has left them; and in the order of their numbers. */
  readonly order: Int32Array;
  readonly byNumber: Int32Array;
  /** `arrange` has left more than one order. */
  tied = false;
  private readonly sign: Int32Array;
  /** By place: the last place of those that it is tied with. */
  private readonly last: Int32Array;
  private readonly first: number;
  private readonly members: number;
  private readonly pages: number;
  private readonly stride: number;

  /** `first`: where lanes begin. */
  constructor(first: number, members: number, pages: number) {
    this.first = first;
    this.members = members;
    this.pages = pages;
    this.stride = 2 * (pages + 1);
    this.byNumber = Int32Array.from({ length: pages }, (_one, page) => page);
    this.order = this.byNumber.slice();
    this.sign = new Int32Array(pages);
    this.last = new Int32Array(pages);
  }

  /** Puts the pages in order; false when there are too many orders. */
  arrange(lanes: Int32Array): boolean {
    const { sign, pages, first, order } = this;
    for (let page = 0; page < pages; page++) {
      order[page] = page;
      sign[page] = lanes[first + 2 + 2 * page]!;
    }
    this.tied = false;
    if (this.sort()) return true;
    // What is shared does not tell them apart: then all that each vCPU has to do with them.
    for (let page = 0; page < pages; page++) sign[page] = this.wholeSign(lanes, page);
    return this.sort() || this.tie(lanes);
  }

  private wholeSign(lanes: Int32Array, page: number): number {
    let at = this.first + 2 + 2 * page;
    let sign = mix(lanes[at]! ^ mix(lanes[at + 1]!));
    for (let m = 0; m < this.members; m++) {
      at += this.stride;
      sign = (sign + mix(lanes[at]! ^ Math.imul(lanes[at + 1]!, 0x2545f491))) | 0;
    }
    return sign;
  }

  /** Sorts by signs; true when all are different. */
  private sort(): boolean {
    const { order, sign, pages } = this;
    let different = true;
    for (let k = 1; k < pages; k++) {
      const page = order[k]!;
      const own = sign[page]!;
      let place = k;
      for (; place > 0 && sign[order[place - 1]!]! > own; place--) order[place] = order[place - 1]!;
      if (place > 0 && sign[order[place - 1]!] === own) different = false;
      order[place] = page;
    }
    return different;
  }

  /** Notes which places are tied; false when there are too many orders. */
  private tie(lanes: Int32Array): boolean {
    const { order, sign, pages, last } = this;
    let orders = 1;
    for (let from = 0, to = 0; from < pages; from = to) {
      let alike = true;
      for (to = from + 1; to < pages && sign[order[to]!] === sign[order[from]!]; to++) alike = alike && this.same(lanes, order[to]!, order[from]!);
      for (let place = from; place < to; place++) last[place] = alike ? place : to - 1;
      if (!alike) for (let k = 2; k <= to - from; k++) orders *= k;
    }
    this.tied = orders > 1;
    return orders <= MOST;
  }

  /** Have two pages the same lanes? */
  private same(lanes: Int32Array, one: number, other: number): boolean {
    let at = this.first + 2 + 2 * one;
    const apart = 2 * (other - one);
    for (let m = -1; m < this.members; m++, at += this.stride) if (lanes[at] !== lanes[at + apart] || lanes[at + 1] !== lanes[at + apart + 1]) return false;
    return true;
  }

  /** Calls `visit` with all orders that are left but the first. */
  forOthers(lanes: Int32Array, visit: (lanes: Int32Array, order: Int32Array) => void): void {
    this.permute(lanes, 0, true, visit);
  }

  private permute(lanes: Int32Array, place: number, untouched: boolean, visit: (lanes: Int32Array, order: Int32Array) => void): void {
    const { order, last, pages } = this;
    if (place === pages) {
      if (!untouched) visit(lanes, order);
      return;
    }
    for (let other = place; other <= last[place]!; other++) {
      const page = order[other]!;
      order[other] = order[place]!;
      order[place] = page;
      this.permute(lanes, place + 1, untouched && other === place, visit);
      order[place] = order[other]!;
      order[other] = page;
    }
  }
}
