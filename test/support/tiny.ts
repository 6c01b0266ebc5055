// Kernels of a few steps for tests of explorations: each actor executes its lines in order, over some cells and some locks.

import { end, fragment, step, type Leaf, type State } from '../../machines/fragment.ts';
import { defineKernel, type Kernel } from '../../src/kernel/define.ts';
import { layout, type ObjectRef } from '../../src/memory/layout.ts';
import { ok } from '../../src/memory/outcome.ts';
import type { Topology } from '../../src/scenario/topology.ts';

interface Cell extends ObjectRef { value: number }
interface Lock extends ObjectRef { owner: number }
export interface TinyWorld { readonly cell: (n: number) => Cell; readonly lock: (n: number) => Lock }
export type TinyStep = (world: TinyWorld, self: number, choose: (n: number) => number) => number | void;
export interface Line {
  readonly run: TinyStep;
  /** Number of the line that comes next; the one below when left out. */
  readonly next?: number;
  readonly progress?: true;
}

export interface Tiny { readonly kernel: Kernel; readonly topology: Topology }

/** A kernel and its world: a machine for each actor. */
export function tiny(programs: Readonly<Record<string, readonly (TinyStep | Line)[]>>, { cells = 4, locks = 2 } = {}): Tiny {
  const names = Object.keys(programs);
  const all = names.map((name) => programs[name]!.map((one): Line => (typeof one === 'function' ? { run: one } : one)));
  const fragments = names.map((name, n) => {
    const states: Record<string, State> = {};
    all[n]!.forEach(({ next, progress }, i) => {
      const to = next ?? i + 1;
      const leaf: Leaf = step(`${name}.${i}`, 'a line', { ok: to === all[n]!.length ? 'over' : `line${to}` }, progress ? { progress } : {});
      states[`line${i}`] = leaf;
    });
    states['over'] = end;
    return fragment(name, 'a program', states);
  });
  const steps = Object.fromEntries(names.flatMap((name, n) => all[n]!.map(({ run }, i) => [
    `${name}.${i}`, (world: TinyWorld, frame: { self: number }, choose: (n: number) => number) => run(world, frame.self, choose) ?? ok,
  ])));
  // Every kernel has the frame of operations; nothing here calls any.
  for (const name of ['op.receive', 'op.dispatch', 'op.reply']) steps[name] = () => ok;
  const kernel = defineKernel({
    name: 'tiny', title: 'a few steps',
    objects: [layout('cell', { value: {} }, { per: ['event'] }), layout('lock', { owner: { ref: 'actor' } }, { per: ['slot'] })],
    registers: [], calls: [], machines: names.map((name) => ({ machine: name, root: name })), fragments, steps: steps as never,
    config: { attributes: false, memoryFailure: false, vmTypes: [], userMemSlots: 1 }, bugs: [],
  });
  const topology: Topology = {
    sizes: {
      vm: 0, vcpu: 0, gfn: 0, hp: 0, slot: locks, slotId: 0, set: 0, file: 0, inode: 0, index: 0, pfn: 0, segment: 0, hva: 0, region: 0, actor: names.length + 1,
      fd: 0, root: 0, thread: 0, event: cells, payload: 0, one: 1,
    },
    actors: names.map((name) => ({ name, machine: name, vm: 0, vcpu: -1, thread: -1, caller: 0, ownFile: 0, code: [] })),
    setup: [], setupPlaces: [], gfns: [], indexes: [], hvas: [], vmOfVcpu: [], vmTypes: [], regionOfHva: [], hugeRegions: [], mappedRegions: [], placement: {},
    names: { vms: [], vcpus: [], threads: [], fds: [], events: [], regions: [] },
  };
  return { kernel, topology };
}
