// What is measured: the same seeded run of a scenario, executed in five ways. Each in a process of its own, so that none is
// measured with the type feedback of another.

import { createActor, type AnyActorRef } from 'xstate';
import { openSync, writeSync } from 'node:fs';
import { devNull } from 'node:os';
import { invariants } from '../src/check/invariants/index.ts';
import { Analysis } from '../src/check/analysis.ts';
import { LockOrder } from '../src/check/lock-order.ts';
import { LockWatch } from '../src/check/lock-watch.ts';
import { Races } from '../src/check/races.ts';
import { StepStream } from '../src/check/step-stream.ts';
import { Windows } from '../src/check/windows.ts';
import { outcomeName } from '../src/memory/outcome.ts';
import { FootprintWriteLog } from '../src/runtime/footprint-write-log.ts';
import { preparedWorld } from '../src/runtime/prepared.ts';
import { Recorder } from '../src/runtime/recorder.ts';
import { Simulation } from '../src/runtime/simulate.ts';
import { WriteLog } from '../src/runtime/write-log.ts';
import { compile } from '../src/scenario/compile.ts';
import { encodeBatch } from '../src/trace/encode.ts';
import type { Footprint } from '../src/check/footprint.ts';
import type { RunWorld } from '../src/runtime/world.ts';
import type { Kernel } from '../src/kernel/define.ts';
import type { Scenario } from '../src/scenario/types.ts';

/** A scenario whose guests and threads begin again when they are through, so that nothing but steps is measured. */
export const repeated = (scenario: Scenario): Scenario => ({
  ...scenario,
  vms: scenario.vms.map((vm) => ({
    ...vm, vcpus: (vm.vcpus ?? []).map((vcpu) => ({ ...vcpu, program: [{ op: 'loop', forever: true, do: vcpu.program ?? [] }] })),
  })),
  threads: (scenario.threads ?? []).map((thread) => ({ ...thread, program: [{ op: 'loop', forever: true, do: thread.program }] })),
});

/** Executes a number of further steps of the run. */
export type Variant = (steps: number) => void;

/** A simulation that begins again with the next seed when it can go no further. */
function endless(kernel: Kernel, scenario: Scenario): { simulation: Simulation; log: WriteLog; restart: () => void } {
  const topology = compile(scenario, kernel);
  const { world, observer } = preparedWorld(kernel, topology, (objects) => new WriteLog(objects));
  const start = world.words.slice();
  let seed = 1;
  observer.watchOnly(new Uint8Array(world.plan.objects));
  const self = {
    log: observer,
    simulation: new Simulation(world, observer, seed),
    restart: () => {
      world.words.set(start);
      self.simulation.restart(++seed);
    },
  };
  return self;
}

/** simulate, on the packed table. */
function simulate(kernel: Kernel, scenario: Scenario): Variant {
  const run = endless(kernel, scenario);
  return (steps) => {
    for (let k = 0; k < steps; k++) if (!run.simulation.step()) run.restart();
  };
}

/** simulate, and the outcome of each step sent to the plain XState actor of the same machine. */
function xstate(kernel: Kernel, scenario: Scenario): Variant {
  const run = endless(kernel, scenario);
  const { world } = run.simulation;
  let actors: AnyActorRef[] = [];
  // What a set-up has done to the machines, the plain actors have to catch up with: they start where the world is.
  const begin = (): void => {
    actors = world.topology.actors.map(({ machine }, i) => {
      const logic = kernel.table.machine(machine);
      return createActor(logic, { snapshot: kernel.table.snapshot(world.frames[i + 1]!.leaf) as never }).start();
    });
  };
  begin();
  return (steps) => {
    for (let k = 0; k < steps; k++) {
      if (!run.simulation.step()) {
        run.restart();
        begin();
        continue;
      }
      actors[world.last.actor - 1]!.send({ type: outcomeName(world.last.outcome) });
    }
  };
}

/** A part of the analyses, behind each step. */
interface Part {
  begin(): void;
  afterStep(footprint: Footprint): void;
}

const parts: Readonly<Record<string, (world: RunWorld) => Part>> = {
  none: () => ({ begin: () => {}, afterStep: () => {} }),
  lockOrder: (world) => {
    const stream = new StepStream(world);
    const order = new LockOrder(stream);
    const watch = new LockWatch(stream, [order]);
    return { begin: () => { order.begin(); watch.begin(); }, afterStep: (footprint) => { stream.now += 1; watch.afterStep(footprint); } };
  },
  races: (world) => {
    const stream = new StepStream(world);
    const races = new Races(stream);
    const watch = new LockWatch(stream, [races]);
    return { begin: () => { watch.begin(); races.begin(); }, afterStep: (footprint) => { stream.now += 1; watch.afterStep(footprint); races.afterStep(footprint); } };
  },
  windows: (world) => new Windows(new StepStream(world)),
  all: (world) => new Analysis(world),
};

/** simulate with every step's footprint, and a part of the analyses fed with it. */
const analysed = (part: string) => (kernel: Kernel, scenario: Scenario): Variant => {
  const { world, observer } = preparedWorld(kernel, compile(scenario, kernel), (objects) => new FootprintWriteLog(objects));
  const start = world.words.slice();
  observer.watchOnly(new Uint8Array(world.plan.objects));
  let seed = 1;
  const simulation = new Simulation(world, observer, seed);
  const analysis = parts[part]!(world);
  return (steps) => {
    for (let k = 0; k < steps; k++) {
      if (simulation.step()) analysis.afterStep(observer.footprint);
      else {
        world.words.set(start);
        simulation.restart(++seed);
        analysis.begin();
      }
    }
  };
};

/** simulate with all invariants, with the trace written, or with both. */
const checked = (withInvariants: boolean, withTrace: boolean) => (kernel: Kernel, scenario: Scenario): Variant => {
  const run = endless(kernel, scenario);
  const file = withTrace ? openSync(devNull, 'w') : -1;
  const recorder = new Recorder(run.simulation.world, withInvariants ? invariants : [], (batch) => {
    if (withTrace) writeSync(file, encodeBatch(batch));
  });
  run.log.watchOnly(recorder.wanted());
  return (steps) => {
    for (let k = 0; k < steps; k++) {
      if (!run.simulation.step()) run.restart();
      else if (!recorder.record(run.log.written, run.log.count)) throw new Error(`${recorder.violation!.id}: ${recorder.violation!.sentence}`);
    }
  };
};

export const variants: Readonly<Record<string, (kernel: Kernel, scenario: Scenario) => Variant>> = {
  xstate,
  simulate,
  trace: checked(false, true),
  invariants: checked(true, false),
  all: checked(true, true),
  // For bench/analysis.ts: their differences from `footprint` are what the analyses take.
  footprint: analysed('none'),
  lockOrder: analysed('lockOrder'),
  races: analysed('races'),
  windows: analysed('windows'),
  analysis: analysed('all'),
};
