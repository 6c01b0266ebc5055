// A tiny world without machines: a test says which actor executes which step, and does with the objects what the step would do.

import { FootprintLog } from '../../src/check/footprint.ts';
import type { AnalysedWorld } from '../../src/check/step-stream.ts';
import { ok } from '../../src/memory/outcome.ts';
import { PageSpace } from '../../src/memory/pages.ts';
import { layout, type Layout, type Tables } from '../../src/memory/layout.ts';
import { makePlan } from '../../src/memory/plan.ts';
import { makeAccess } from '../../src/memory/views.ts';
import { sizes } from './memory.ts';

const frame = layout('frame', { leaf: { ref: 'leaf' } }, { per: ['actor'] });

export class Feed<L extends { readonly [key: string]: Layout }> {
  readonly world: AnalysedWorld;
  readonly log: FootprintLog;
  private readonly tables: Tables<L>;
  private readonly last = { actor: 0, leaf: 0, to: 0, outcome: ok, pc: 0 };
  private readonly names: readonly string[];
  private readonly steps: readonly string[];
  private readonly behind: (log: FootprintLog) => void;

  /** `behind` makes what is called behind each step, once the world is there. */
  constructor(layouts: L, names: readonly string[], steps: readonly string[], behind: (world: AnalysedWorld) => (log: FootprintLog) => void) {
    const plan = makePlan([frame, ...Object.values(layouts)], sizes({ actor: names.length + 1 }), 0);
    const words = new Int32Array(new ArrayBuffer(plan.totalWords * 4));
    this.log = new FootprintLog(plan.objects);
    this.tables = makeAccess(plan, words, this.log).tables as unknown as Tables<L>;
    this.names = names;
    this.steps = steps;
    const pages = new PageSpace([{ start: 0n, end: 3n }]);
    this.world = {
      plan, words, last: this.last, kernel: { steps: new Map() },
      facts: { gfns: pages, indexes: pages, hvas: pages },
      table: { leaves: steps.map((step) => ({ step, path: `in.${step}`, outcomes: ['ok'] })), width: 1 },
      topology: { actors: names.map((name) => ({ name, machine: 'm', vcpu: -1 })) },
    } as unknown as AnalysedWorld;
    this.behind = behind(this.world);
  }

  /** Actor `name` executes `step`. */
  do(name: string, step: string, effect: (tables: Tables<L>, self: number) => unknown, outcome = ok): void {
    const actor = this.names.indexOf(name) + 1;
    const leaf = this.steps.indexOf(step);
    if (actor === 0 || leaf < 0) throw new Error(`the test has no actor '${name}' or no step '${step}'`);
    this.log.clear();
    effect(this.tables, actor);
    // It comes to stand at the same step again.
    this.world.words[actor] = leaf;
    Object.assign(this.last, { actor, leaf, to: leaf, outcome });
    this.behind(this.log);
  }
}
