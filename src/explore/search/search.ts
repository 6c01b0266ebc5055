// Every interleaving of a scenario: a search over the states that its memory can come to, what came out of it, and its checkpoints.

import { hashText } from '../../memory/hash.ts';
import { CheckpointError, joined, packCheckpoint, parted, unpackCheckpoint } from './checkpoint.ts';
import { Graph, type Edges } from './graph.ts';
import { identityOf, otherThan } from './identity.ts';
import { Traversal } from './traversal.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { Topology } from '../../scenario/topology.ts';
import type { Finding } from '../finding.ts';
import type { Head, Outcome } from './head.ts';
import type { PointOfNoReturn } from './no-return.ts';
import type { SearchOptions, SearchProgress, SearchResult } from './options.ts';

const NO_WORDS = new Int32Array(0);

export class Search extends Traversal {
  /** For each step of a finding's schedule: could it still be avoided? Only where everything was searched, with a graph. */
  pointOfNoReturn(finding: Finding): PointOfNoReturn | undefined {
    return this.graph === undefined || !this.isComplete ? undefined : this.aftermath(this.graph).pointOfNoReturn(finding);
  }

  /** The search as it is, as bytes: `Search.resume` goes on with it. */
  save(): Uint8Array {
    const { world: { words, plan }, tracker } = this;
    return packCheckpoint<Head>({
      head: { ...this.outcome(), is: this.identity(), states: this.states.set.size, base: this.base },
      lists: {
        states: this.states.save(), touched: tracker.touched.slice(0, tracker.touchedCount), words: words.slice(0, plan.stateWords), stacks: joined(this.left()),
        ...this.edges(), frontier: this.frontier?.save() ?? NO_WORDS, ...this.ancestry?.save(), ...this.reducer?.footprints.save(),
      },
    });
  }

  protected outcome(): Outcome {
    const { graph, findings, tally, cut, checker } = this;
    return { tally: tally.save(), cut: cut ?? null, evaluated: [...checker?.evaluated ?? []], found: [...findings.found.values(), ...findings.known.values()], keys: graph?.keys ?? [] };
  }

  protected edges(): Edges {
    return this.graph?.save() ?? { from: NO_WORDS, to: NO_WORDS, by: NO_WORDS, marks: NO_WORDS };
  }

  /** A search that goes on where another one was saved; bounds, known findings and when to stop may be others. */
  static resume(bytes: Uint8Array, kernel: Kernel, topology: Topology, options: SearchOptions = {}): Search {
    return new Search(kernel, topology, options).goOn(bytes);
  }

  /** Goes on where another search was saved, which must have been one of the same kernel, scenario and options. */
  protected goOn(bytes: Uint8Array): this {
    const { head, lists } = unpackCheckpoint<Head>(bytes);
    if (this.symmetry?.foldsPages === true && head.is['symmetry of pages'] === 'false') this.keepPagesApart('some step had chosen among pages that are not alike');
    const other = otherThan(this.identity(), head.is);
    if (other !== undefined) throw new CheckpointError(other);
    this.load(head, lists);
    return this;
  }

  private identity(): Record<string, string> {
    return identityOf(this.world, this.options, { symmetry: this.symmetry !== undefined, pages: this.symmetry?.foldsPages === true, reduction: this.reducer !== undefined, graph: this.graph !== undefined });
  }

  private load(head: Head, lists: Readonly<Record<string, Int32Array>>): void {
    const { tracker, reducer, frontier } = this;
    this.goTo(this.start);
    for (const cell of lists['touched']!) tracker.touch(cell);
    this.states.load(lists['states']!);
    if (this.states.set.size < head.states) throw new CheckpointError(`the checkpoint has ${head.states} states, for which the limits have no room; allow more states, or more memory`);
    this.base = head.base;
    this.tally.clear();
    this.tally.add(head.tally);
    for (const finding of head.found) this.findings.put(finding);
    this.ancestry?.load(lists);
    if (this.graph !== undefined) this.graph = new Graph(lists as unknown as Edges, head.keys);
    frontier?.load(lists['frontier']!);
    const [stack, ...stacks] = parted(lists['stacks']!);
    this.stacks = stacks;
    this.depth = 0;
    if (stack !== undefined) this.follow(stack, frontier === undefined ? undefined : lists['words']!);
    else if (frontier !== undefined) this.goTo(lists['words']!);
    reducer?.load(lists, frontier === undefined ? this.depth : 0);
    this.checker?.evaluated.set(head.evaluated);
    // What cut the search does not any more; but for its depth, since those states were passed over, and what it was to stop for.
    this.cut = head.cut === 'depth' ? 'depth' : this.findings.found.size > 0 && this.options.stop !== 'never' ? 'finding' : undefined;
    if (this.cut === undefined && this.depth === 0 && frontier !== undefined && frontier.length > 0) this.next(frontier);
  }

  /** How far the search is. */
  progress(): SearchProgress {
    return {
      states: this.states.set.size, transitions: this.tally.transitions, depth: this.base + this.depth, deepest: this.tally.deepest,
      frontier: this.depth + (this.frontier?.length ?? 0), findings: this.findings.found.size, megabytes: Math.ceil(this.bytes() / 2 ** 20),
    };
  }

  /** What came out so far. */
  result(): SearchResult {
    const { tally, findings } = this;
    const states = this.states.set.size;
    return {
      states, transitions: tally.transitions, complete: this.isComplete, cut: this.cut,
      findings: [...findings.found.values()], known: [...findings.known.values()], deadlocks: tally.deadlocks,
      terminals: { count: tally.terminals, hash: hashText([tally.terminalLow, tally.terminalHigh]) },
      coverage: { times: (leaf, name) => tally.times(leaf, name) },
      evaluated: Object.fromEntries((this.options.invariants ?? []).map(({ id }, k) => [id, this.checker?.evaluated[k] ?? 0])),
      collision: this.states.exact !== undefined ? 0 : (states * (states - 1)) / 2 / 2 ** 64,
      notes: this.notes,
    };
  }
}
