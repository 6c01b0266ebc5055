// One thread's part of a search: takes steps as a search does, gives work to whoever has none, and waits for some when it has none itself.

import { Exchange, type SharedExchange } from './exchange.ts';
import { PartSearch } from './part-search.ts';
import { SharedStates, type SharedTable } from './shared-states.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { Topology } from '../../scenario/topology.ts';
import type { Part } from './head.ts';
import type { SearchOptions } from './options.ts';

/** Steps between two looks at what the others want; and looks between two at how much memory there is. */
const SLICE = 256, ROUNDS = 16;

/** What all threads of a search share. */
export interface SharedSearch { readonly states: SharedTable; readonly exchange: SharedExchange }

export class Job {
  private readonly number: number;
  private readonly search: PartSearch;
  private readonly states: SharedStates;
  private readonly exchange: Exchange;
  private readonly bytesLimit: number;
  private readonly grow = (): void => this.states.grow();

  /** Thread `number` of a search, from 0. Bounds are those of all threads together. */
  constructor(number: number, kernel: Kernel, topology: Topology, { megabytes = Infinity, ...options }: SearchOptions, shared: SharedSearch) {
    this.number = number;
    this.states = new SharedStates(shared.states);
    this.exchange = new Exchange(shared.exchange);
    this.bytesLimit = megabytes * 2 ** 20;
    this.search = new PartSearch(kernel, topology, options, { shared: this.states, part: true });
  }

  /** Works on these stacks, and on what others hand over, until all is done or somebody wants an end. `foldsPages`: pages are not known to differ. */
  run(stacks: readonly Int32Array[], foldsPages: boolean): Part {
    const { search, states, exchange, number } = this;
    if (!foldsPages) search.unfoldPages();
    let full = false;
    let round = 0;
    states.refresh();
    search.add(stacks);
    if (stacks.length > 0 || this.isServed(false)) {
      while (!exchange.stopped) {
        const more = search.advance(SLICE);
        const room = states.count();
        if (++round % ROUNDS === 0 || !more) exchange.note(number, this.far());
        if (room.full || (round % ROUNDS === 0 && exchange.together().bytes + states.bytes > this.bytesLimit)) full = true;
        if (full || search.isCut) exchange.stop();
        else if (!more && !this.isServed(true)) break;
        if (room.crowded) exchange.pause();
        if (exchange.growing) {
          exchange.stand(this.grow);
          states.refresh();
        } else if (more && exchange.hungry) exchange.give((most) => search.split(most));
      }
    }
    exchange.note(number, this.far());
    const part = search.part();
    return full ? { ...part, cut: 'memory' } : part;
  }

  /** Waits for work: is there some? */
  private isServed(had: boolean): boolean {
    const stack = this.exchange.take(this.number, had, this.grow);
    this.states.refresh();
    if (stack !== undefined) this.search.add([stack]);
    return stack !== undefined;
  }

  private far(): { transitions: number; depth: number; bytes: number; findings: number; deepest: number } {
    const { transitions, frontier, findings, deepest } = this.search.progress();
    return { transitions, depth: frontier, bytes: this.search.bytes() - this.states.bytes, findings, deepest };
  }
}
