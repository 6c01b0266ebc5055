// The world of a run: a scenario's memory, its actors, and the execution of one step of one of them. Every runtime is a way
// of choosing whose step comes next; none of them executes a step differently.

import { frame as frameOf, layout, type FieldSpec, type Layout } from '../memory/layout.ts';
import { makePlan, type Plan } from '../memory/plan.ts';
import { PageSpace } from '../memory/pages.ts';
import { makeAccess, type Access, type Observer, type Words } from '../memory/views.ts';
import { outcome, outcomeName } from '../memory/outcome.ts';
import { resultsOf } from '../memory/calls.ts';
import type { Choose, Facts, Frame, Step, World } from '../memory/world.ts';
import type { Kernel } from '../kernel/define.ts';
import type { LeafInfo, Table } from '../kernel/table.ts';
import { ScenarioError, shown } from '../scenario/errors.ts';
import type { PageRange, Topology } from '../scenario/topology.ts';
import { MOVE, packMoves } from './moves.ts';
import { checkRoom, roomOf } from './room.ts';

/** As constants of this module they are constants to the JIT. */
const { LEAF, TO, ZEROES, WORDS } = MOVE;

/** Registers that are never zeroed: where the actor is, and the VM it works on. */
const ROOT = frameOf('', { leaf: { ref: 'leaf' }, vm: {} });

/** A defect of the laboratory, or of a kernel patch that breaks its rules: never a finding about a kernel. */
export class LaboratoryError extends Error {
  override name = 'LaboratoryError';
}

/** Memory map of a kernel's objects and frames for a scenario; a ScenarioError when it takes more memory than it may. */
export function planFor(kernel: Kernel, topology: Topology): Plan {
  const fields: Record<string, FieldSpec> = { ...ROOT.fields };
  for (const { fields: more } of kernel.registers) Object.assign(fields, more);
  const frames: Layout = layout('frame', fields, { per: ['actor'] });
  const code = topology.actors.reduce((words, actor) => words + actor.code.length, 0);
  const plan = makePlan([frames, ...kernel.objects], topology.sizes, code);
  checkRoom(plan, topology.megabytes);
  return plan;
}

const spaceOf = (ranges: readonly PageRange[]): PageSpace =>
  new PageSpace(ranges.map(({ start, end }) => ({ start: BigInt(start), end: BigInt(end) })));

/** Where each region lies: its pages are neighbours. */
function placesOf({ hugeRegions, regionOfHva }: Topology): Facts['regionAt'] {
  const places = hugeRegions.map(() => ({ first: 0, pages: 0 }));
  regionOfHva.forEach((region, hva) => {
    if (region < 0) return;
    const place = places[region]!;
    if (place.pages === 0) place.first = hva;
    place.pages += 1;
  });
  return places;
}

/** Constants of the scenario, with the programs copied into the constant region of `words`. */
function factsFor(kernel: Kernel, topology: Topology, plan: Plan, words: Words): Facts {
  const code = words.subarray(plan.constants, plan.totalWords) as Int32Array;
  const programOf = [0];
  let at = 0;
  for (const actor of topology.actors) {
    programOf.push(at);
    code.set(actor.code, at);
    at += actor.code.length;
  }
  const vcpusOfVm: number[][] = topology.vmTypes.map(() => []);
  topology.vmOfVcpu.forEach((vm, vcpu) => vcpusOfVm[vm]!.push(vcpu));
  return {
    sizes: topology.sizes,
    gfns: spaceOf(topology.gfns), indexes: spaceOf(topology.indexes), hvas: spaceOf(topology.hvas),
    vmOfVcpu: topology.vmOfVcpu, vcpusOfVm, bornLater: topology.bornLater ?? { vms: [], vcpus: [] },
    threadOfVcpu: topology.vmOfVcpu.map((_vm, vcpu) => topology.actors.find((actor) => actor.machine === 'vcpu' && actor.vcpu === vcpu)?.thread ?? -1), regionOfHva: topology.regionOfHva, hugeRegions: topology.hugeRegions,
    mappedRegions: topology.mappedRegions,
    regionAt: placesOf(topology),
    vmTypes: topology.vmTypes, actors: topology.actors.length,
    callOutcomes: kernel.calls.map((call) => outcome(call.name)), callResults: kernel.calls.map(resultsOf), code, programOf,
    config: { ...kernel.config, ...topology.config },
  };
}

/** What the last executed step did; read it before the next one. */
export interface Executed {
  /** 0: something came in from outside; `leaf` and `to` are where its receiver stands then. */
  actor: number;
  /** Leaf that the actor was in. */
  leaf: number;
  outcome: number;
  /** Leaf that it is in now. */
  to: number;
  /** Its free choice and of how many; -1 and 0 when it had none. */
  choice: number;
  choices: number;
  /** Program counter of the actor before the step; 0 for one without a program. */
  pc: number;
}

export type FrameView = Frame<{ leaf: number } & Record<string, number>> & { readonly id: number; readonly base: number };

export class RunWorld {
  readonly kernel: Kernel;
  readonly topology: Topology;
  readonly plan: Plan;
  readonly words: Words;
  readonly access: Access;
  readonly facts: Facts;
  readonly objects: World;
  /** By actor number; entry 0 is not an actor. */
  readonly frames: readonly FrameView[];
  readonly table: Table;
  /** The last step that was executed. */
  readonly last: Executed = { actor: 0, leaf: 0, outcome: 0, to: 0, choice: -1, choices: 0, pc: 0 };
  /** Called after the steps of these leaves (1, by number), while the registers of the fragments that they end still stand. */
  watch: { readonly leaves: Uint8Array; readonly executed: () => void } | undefined = undefined;

  /** Executes the next step of `actor`. Answers its outcome, or a negative number when it is blocked and nothing has changed. */
  readonly step: (actor: number, picker: Choose) => number;
  private readonly chooseNow: Choose;
  private readonly framesIgnored: boolean;
  private picker: Choose = () => 0;

  constructor(kernel: Kernel, topology: Topology, plan: Plan, words: Words, observer?: Observer) {
    this.kernel = kernel;
    this.topology = topology;
    this.plan = plan;
    this.words = words;
    this.table = kernel.table;
    this.access = makeAccess(plan, words, observer);
    this.framesIgnored = observer?.ignores?.includes('frame') === true;
    this.facts = factsFor(kernel, topology, plan, words);
    // As a prototype the tables are constants to the JIT; as properties added one by one they would be a hash table.
    this.objects = Object.assign(Object.create(this.access.tables) as object, { facts: this.facts }) as World;
    const frameTable = this.access.tables['frame']!;
    this.frames = [undefined as never, ...topology.actors.map((actor, i) => Object.assign(frameTable(i + 1), {
      self: i + 1, vcpu: actor.vcpu, thread: actor.thread, caller: actor.caller, ownFile: actor.ownFile,
    }) as unknown as FrameView)];
    this.chooseNow = (n) => {
      const { last } = this;
      if (last.choices !== 0) throw new LaboratoryError(`step '${this.leafOf(last.actor).step}' asks for a second choice; a step has at most one`);
      last.choices = n;
      last.choice = this.picker(n);
      return last.choice;
    };
    this.step = this.stepper();
  }

  /** Puts every actor into the initial state of its machine, and what the kernel's objects are at the beginning into place. */
  reset(): void {
    this.words.fill(0, 0, this.plan.constants);
    this.topology.actors.forEach((actor, i) => {
      const frame = this.frames[i + 1]!;
      const initial = this.table.initial.get(actor.machine);
      if (initial === undefined) throw new LaboratoryError(`kernel '${this.kernel.name}' has no machine '${actor.machine}' for actor '${actor.name}'`);
      frame.leaf = initial;
      frame.vm = actor.vm;
    });
    this.kernel.initialise?.(this.objects as never);
  }

  /** Makes `step`: what it works with are constants of a function, and with it constants to the JIT, which fields are not. */
  private stepper(): RunWorld['step'] {
    const { last, words, access, objects, frames, chooseNow, framesIgnored } = this;
    const frameBase = Int32Array.from(frames, (frame) => frame?.base ?? 0);
    const pcOffset = this.plan.byName.get('frame')!.fields.find((field) => field.name === 'pc')?.offset ?? 0;
    const functions: readonly Step<never, never>[] = this.table.leaves.map((leaf) => (leaf.final ? endedStep : this.kernel.steps.get(leaf.step)!));
    const { rows, entries, zeroed } = packMoves(this.kernel, this.plan);

    /** The fragments that the step has ended leave nothing behind. */
    const zeroRegisters = (actor: number, base: number, list: number): void => {
      const end = list + zeroed[list]!;
      for (let k = list + 1; k <= end; k++) {
        const cell = base + zeroed[k]!;
        if (framesIgnored) words[cell] = 0;
        else if (words[cell] !== 0) access.store(frames[actor]!.id, cell, 0);
      }
    };

    return (actor, picker) => {
      const base = frameBase[actor]!;
      const leaf = words[base]!;
      last.actor = actor;
      last.leaf = leaf;
      last.choice = -1;
      last.choices = 0;
      last.pc = words[base + pcOffset]!;
      this.picker = picker;
      const result = functions[leaf]!(objects as never, frames[actor]! as never, chooseNow);
      if (!Number.isInteger(result)) throw new LaboratoryError(`step '${this.table.leaves[leaf]!.step}' answered ${answer(result)}; a step answers what outcome('ok') or \`ok\` of 'faultline' is`);
      if (result < 0) return result;
      const at = (rows[leaf]! + result) * WORDS;
      if (entries[at + LEAF] !== leaf) throw new LaboratoryError(this.forgottenOutcome(leaf, result));
      const to = entries[at + TO]!;
      last.outcome = result;
      last.to = to;
      if (this.watch !== undefined && this.watch.leaves[leaf] !== 0) this.watch.executed();
      const zeroes = entries[at + ZEROES]!;
      if (zeroes !== 0) zeroRegisters(actor, base, zeroes);
      if (framesIgnored) words[base] = to;
      else access.store(frames[actor]!.id, base, to);
      return result;
    };
  }

  /** The state that `actor` is in. */
  leafOf(actor: number): LeafInfo {
    return this.table.leaves[this.frames[actor]!.leaf]!;
  }

  /** Has nothing more to do, ever. */
  ended(actor: number): boolean {
    return this.leafOf(actor).final;
  }

  private forgottenOutcome(leaf: number, result: number): string {
    const { machine, path, step, outcomes } = this.table.leaves[leaf]!;
    return `step '${step}' answered '${outcomeName(result)}', which state '${path}' of machine '${machine}' does not lead on; it expects ${outcomes.map((one) => `'${one}'`).join(', ')}`;
  }
}

/** What a step answered that is no whole number. */
const answer = (result: unknown): string => `${typeof result === 'string' ? 'the text ' : typeof result === 'number' ? 'the number ' : ''}${shown(result)}`;

const endedStep: Step = () => { throw new LaboratoryError('an actor that has ended was asked for a step'); };

/** Memory for a plan: shared, so that workers can join it. */
export const sharedWords = (plan: Plan): Words => allocated(plan, () => new Int32Array(new SharedArrayBuffer(plan.totalWords * 4)));
/** Private memory, for searches and pages. */
export const privateWords = (plan: Plan): Words => allocated(plan, () => new Int32Array(new ArrayBuffer(plan.totalWords * 4)));

/** A world may be allowed that the machine has no room for. */
function allocated(plan: Plan, allocate: () => Words): Words {
  try {
    return allocate();
  } catch (error) {
    throw error instanceof RangeError ? new ScenarioError('', `this machine has not the memory for its world (${roomOf(plan)})`) : error;
  }
}
