// What a check sees of a run: memory, the actors' frames, and the step that has just been executed. It looks at memory through
// views of its own, so that no runtime takes a check's reads for those of a step.

import { makeAccess, type Observer, type Words } from '../memory/views.ts';
import type { Plan } from '../memory/plan.ts';
import type { Facts, Frame, Identity, World } from '../memory/world.ts';
import type { Table } from '../kernel/table.ts';
import type { Whereabouts } from './whereabouts.ts';
import type { Topology } from '../scenario/topology.ts';

/** The step that was executed last. */
export interface LastStep {
  /** 0: something came in from outside. */
  readonly actor: number;
  /** Leaf that the actor was in, and the one that it is in now. */
  readonly leaf: number;
  readonly to: number;
  readonly outcome: number;
  /** Program counter of the actor before the step; 0 for one without a program. */
  readonly pc: number;
}

/** What a check needs of a runtime's world. */
export interface Watched {
  readonly plan: Plan;
  readonly words: Words;
  readonly facts: Facts;
  readonly table: Table;
  readonly topology: Topology;
  readonly frames: readonly Identity[];
  readonly last: LastStep;
  /** Called after the steps of these leaves (1, by number), while the registers of the fragments that they end still stand. */
  watch: { readonly leaves: Uint8Array; readonly executed: () => void } | undefined;
}

/** Where the field `pfn` of a table's objects lies: of object n at `at + n * stride`. Most are 0, which a plain load finds out soonest. */
export interface PfnRow { readonly at: number; readonly stride: number }

/** Table `open_invalidation`, by words: one object for each VM and actor, the fields at these offsets. */
export interface OpenInvalidations {
  readonly base: number;
  readonly stride: number;
  readonly actors: number;
  readonly open: number;
  readonly covers: number;
  readonly zapped: number;
  /** Words of a set of gfns. */
  readonly gfnWords: number;
}

export interface CheckedWorld {
  readonly plan: Plan;
  readonly words: Words;
  readonly facts: Facts;
  readonly table: Table;
  readonly topology: Topology;
  readonly objects: World;
  /** By actor number; entry 0 is not an actor. */
  readonly frames: readonly (Frame<Record<string, number>> & { leaf: number })[];
  /** Tables of what maps a page, for walks over all of them. */
  readonly pfns: { readonly spte: PfnRow; readonly tlb: PfnRow; readonly hpte: PfnRow; readonly cache: PfnRow };
  /** Where the ghosts of open invalidations lie: they are looked at often, in rows. */
  readonly openInvalidations: OpenInvalidations;
  /** Actor that each vCPU is. */
  readonly actorOfVcpu: readonly number[];
  readonly last: LastStep;
  /** What is where, kept step by step; nothing in a small world, or one that also goes back: checks walk over its tables. */
  readonly whereabouts: Whereabouts | undefined;
}

// A kernel that has no such objects has no check that looks for them.

function openInvalidations(plan: Plan): OpenInvalidations {
  const table = plan.byName.get('open_invalidation');
  if (table === undefined) return undefined as never;
  const { base, words: stride, dims, fields } = table;
  const field = (name: string): { offset: number; words: number } => fields.find((one) => one.name === name)!;
  return {
    base, stride, actors: dims[1]!, open: field('open').offset, covers: field('covers').offset, zapped: field('zapped').offset, gfnWords: field('covers').words,
  };
}

function pfnRow(plan: Plan, name: string): PfnRow {
  const table = plan.byName.get(name);
  const field = table?.fields.find((one) => one.name === 'pfn');
  return table === undefined || field === undefined ? undefined as never : { at: table.base + field.offset, stride: table.words };
}

/** The same world, which tells of every object that is looked at. */
export function readingWorld(world: CheckedWorld, reads: (id: number) => void): CheckedWorld {
  const { plan, words, topology } = world;
  const objectOf = new Int32Array(plan.stateWords);
  for (const { base, words: stride, count, firstId } of plan.tables) {
    for (let n = 0; n < count; n++) objectOf.fill(firstId + n, base + n * stride, base + (n + 1) * stride);
  }
  // Some checks walk over the words themselves.
  const watched = new Proxy(words, {
    get(target, key) {
      const cell = Number(key);
      if (!(cell >= 0 && cell < plan.stateWords)) return Reflect.get(target, key) as unknown;
      reads(objectOf[cell]!);
      return target[cell];
    },
  });
  const frames = world.frames.map((frame) => (frame === undefined ? undefined as never : frame));
  const seen = checkedWorld({ ...world, words, topology, frames, watch: undefined }, world.whereabouts, { read: reads, write: () => undefined });
  return { ...seen, words: watched, pfns: world.pfns };
}

/** The world as checks see it. */
export function checkedWorld({ plan, words, facts, table, topology, frames, last }: Watched, whereabouts?: Whereabouts, observer?: Observer): CheckedWorld {
  const { tables } = makeAccess(plan, words, observer);
  const objects = Object.assign(Object.create(tables) as object, { facts }) as World;
  const frameTable = tables['frame']!;
  return {
    plan, words, facts, table, topology, objects, last, whereabouts,
    pfns: { spte: pfnRow(plan, 'spte'), tlb: pfnRow(plan, 'tlb'), hpte: pfnRow(plan, 'hpte'), cache: pfnRow(plan, 'cache') },
    openInvalidations: openInvalidations(plan),
    frames: frames.map((identity, actor) => {
      if (actor === 0) return undefined as never;
      const { self, vcpu, thread, caller, ownFile } = identity;
      return Object.assign(frameTable(actor), { self, vcpu, thread, caller, ownFile }) as never;
    }),
    actorOfVcpu: topology.vmOfVcpu.map((_vm, vcpu) => topology.actors.findIndex((actor) => actor.machine === 'vcpu' && actor.vcpu === vcpu) + 1),
  };
}
