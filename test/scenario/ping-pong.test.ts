// SC17 with a VMM that obeys every exit, examples/ping-pong.json: no schedule is unfair, and none of the two accesses need come to an end (L-06). As
// SC17 stands, with a VMM that lets one vCPU have its way, it comes to its end, and test/scenario/verdicts.test.ts searches it.

import { expect, it } from 'vitest';
import { conversions_2026 } from '../../machines/kernels/conversions-2026.ts';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { Player } from '../../src/explore/player.ts';
import { whatsBroken } from '../../src/explore/whats-broken.ts';
import { ok } from '../../src/memory/outcome.ts';
import { preparedWorld } from '../../src/runtime/prepared.ts';
import { await_, notify, scenario } from '../../src/scenario/builder.ts';
import { exhaustive } from '../../src/explore/search/exhaustive.ts';
import { compile } from '../../src/scenario/compile.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { SC17 } from '../../src/scenario/builtin/sc17.ts';
import type { Schedule } from '../../src/explore/schedule.ts';
import { Drive } from '../support/drive.ts';

const naive = loadScenario('examples/ping-pong.json');
/** The actors of one vCPU and its thread. */
const side = (n: number): string[] => [`cpu${n}`, `vcpu${n}`, `irq${n}`, `cpu${n}.vm`, `cpu${n}.gmem`, `cpu${n}.host`];

it('two vCPUs that disagree about a page are converted back and forth without end, though each side has its turns', () => {
  const drive = new Drive(naive, v6_8);
  const ROUNDS = 20;
  for (let round = 0; round < ROUNDS; round++) {
    for (const n of [0, 1]) {
      // Out of the guest with an exit, through the conversion, and to the next KVM_RUN: there the other side has its turn.
      drive.until(side(n), 'convert.sendAttributes').until(side(n), 'vmm.runAgain');
      expect(drive.objects.mem_attr(0, 0).attributes !== 0).toBe(n === 0);
      drive.step(`cpu${n}`);
    }
  }
});

it('a search finds a loop of it in which nobody is kept from his turn, and it can be followed', () => {
  const kernel = conversions_2026;
  const topology = compile(naive, kernel);
  const search = (fair: readonly string[]) => exhaustive(kernel, topology, { graph: true, stop: 'never', fair });
  const plain = search([]);
  expect(plain).toMatchObject({ complete: true, findings: [] });
  const { findings, states, transitions } = search(['L-06']);
  expect({ states, transitions }).toEqual({ states: plain.states, transitions: plain.transitions });
  const [found] = findings;
  expect(findings).toHaveLength(1);
  expect(found).toMatchObject({ kind: 'livelock', id: 'L-06' });
  expect(found!.sentence).toMatch(/^one access of vcpu0 exits without end, and nobody is kept from his turn: .* go round \d+ steps for ever$/);
  const { broken } = whatsBroken(kernel, topology, found!.schedule, [], found!.loop, 'L-06');
  expect(broken).toMatchObject([{ id: 'L-06', key: found!.key }]);

  // Round and round: each time both vCPUs leave KVM_RUN, and none of them gets its access done.
  const player = new Player(kernel, topology, { invariants: [] });
  const loop = found!.schedule.slice(found!.loop);
  const exits = new Set<string>();
  let step = 0;
  let done = 0;
  const rounds = 3;
  const { steps } = player.play([...found!.schedule, ...Array.from({ length: rounds - 1 }, () => loop).flat()], { strict: true, after: ({ actor, leaf, outcome }) => {
    const { step: name } = kernel.table.leaves[leaf]!;
    if (++step > found!.loop! && name === 'vcpu.reply') exits.add(topology.actors[actor - 1]!.name);
    if (name === 'guest.execute' && outcome === ok) done++;
  } });
  expect(steps).toHaveLength(found!.loop! + rounds * loop.length);
  expect([...exits].toSorted()).toEqual(['vcpu0', 'vcpu1']);
  expect(done).toBe(0);
});

it('a loop that keeps somebody from his turn does not count', () => {
  const spins = scenario({ name: 's', vms: [{ vcpus: [{ program: [await_('go')] }] }], setup: [], threads: [{ name: 'main', program: [notify('go')] }] });
  const { world } = preparedWorld(v6_8, compile(spins, v6_8));
  const number = (name: string): number => world.topology.actors.findIndex((one) => one.name === name) + 1;
  const until = (name: string, step: string): Schedule => {
    const steps = [];
    while (world.leafOf(number(name)).step !== step) {
      expect(world.step(number(name), () => 0)).toBeGreaterThanOrEqual(0);
      steps.push({ actor: number(name), choice: 0 });
    }
    return steps;
  };
  const way = [...until('cpu0', 'vmm.receiveExit'), ...until('vcpu0', 'guest.execute')];
  const round = [...way, { actor: number('vcpu0'), choice: 0 }];
  const broken = (id?: string) => whatsBroken(v6_8, world.topology, round, [], way.length, id).broken;
  expect(broken()).toMatchObject([{ id: 'L-01' }]);
  expect(broken('L-06')).toEqual([]);
});

it('with a VMM that lets one vCPU have its way there is none', () => {
  expect(exhaustive(conversions_2026, compile(SC17, conversions_2026), { graph: true, stop: 'never', fair: ['L-06'] })).toMatchObject({ complete: true, findings: [] });
});
