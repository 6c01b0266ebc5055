// Driving a scenario by hand: run its set-up, then say which actor goes how far. For tests of one interleaving.

import { compile } from '../../src/scenario/compile.ts';
import type { Scenario } from '../../src/scenario/types.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import { isBlocked, outcomeName } from '../../src/memory/outcome.ts';
import type { World } from '../../src/memory/world.ts';
import { runSetup } from '../../src/runtime/setup.ts';
import { planFor, privateWords, RunWorld } from '../../src/runtime/world.ts';
import { v6_8 } from '../../machines/kernels/v6.8.ts';

const LIMIT = 20_000;

/** A scenario with what every test leaves at its default. */
export type Given = Omit<Scenario, 'name'> & { name?: string };

export class Drive {
  readonly world: RunWorld;
  readonly objects: World;
  private readonly numbers: Map<string, number>;

  constructor(given: Given, kernel: Kernel = v6_8) {
    const topology = compile({ name: 'test', ...given }, kernel);
    const plan = planFor(kernel, topology);
    this.world = new RunWorld(kernel, topology, plan, privateWords(plan));
    this.objects = this.world.objects;
    this.numbers = new Map(topology.actors.map(({ name }, i) => [name, i + 1]));
    runSetup(this.world);
  }

  actor(name: string): number {
    const number = this.numbers.get(name);
    if (number === undefined) throw new Error(`no actor '${name}'; there are ${[...this.numbers.keys()].join(', ')}`);
    return number;
  }

  /** Registers of an actor. */
  frame(name: string): RunWorld['frames'][number] {
    return this.world.frames[this.actor(name)]!;
  }

  /** The step that an actor executes next. */
  at(name: string): string {
    return this.world.leafOf(this.actor(name)).step;
  }

  /** One step of an actor: its outcome, or 'blocked'. */
  step(name: string, choice = 0): string {
    const result = this.world.step(this.actor(name), () => choice);
    return isBlocked(result) ? 'blocked' : outcomeName(result);
  }

  /** Lets actors go on, the first of the list that can, until the first one is about to execute `step`. */
  until(names: string | readonly string[], step: string): this {
    const list = typeof names === 'string' ? [names] : names;
    for (let k = 0; k < LIMIT; k++) {
      if (this.at(list[0]!) === step) return this;
      if (!this.any(list)) throw new Error(`'${list[0]}' waits in '${this.where(list[0]!)}' and does not come to '${step}'`);
    }
    throw new Error(`'${list[0]}' does not come to '${step}'`);
  }

  /** Lets only these actors go on until none of them can; all actors when none is named. Answers where those stand that are not at rest. */
  settle(...names: string[]): string[] {
    const list = names.length > 0 ? names : [...this.numbers.keys()];
    for (let k = 0; k < LIMIT; k++) if (!this.any(list)) return list.filter((name) => !this.world.leafOf(this.actor(name)).idle).map((name) => `${name} ${this.where(name)}`);
    throw new Error(`no standstill after ${LIMIT} steps: ${list.map((name) => `${name} ${this.where(name)}`).join(', ')}`);
  }

  where(name: string): string {
    return this.world.leafOf(this.actor(name)).path;
  }

  /** errno of the last call of a VMM thread. */
  ret(name: string): number {
    return this.frame(name)['ret']!;
  }

  private any(names: readonly string[]): boolean {
    return names.some((name) => !this.world.ended(this.actor(name)) && this.step(name) !== 'blocked');
  }
}

/** What happens to errno by errno in a sequence of calls of one thread. */
export function results(drive: Drive, thread: string, operation: string): number[] {
  const found: number[] = [];
  const worker = drive.frame(operation);
  for (let k = 0; k < LIMIT; k++) {
    if (drive.at(operation) === 'op.reply') found.push(worker['errno']!);
    const moved = [operation, thread].some((name) => !drive.world.ended(drive.actor(name)) && drive.step(name) !== 'blocked');
    if (!moved) return found;
  }
  throw new Error('the calls do not end');
}
