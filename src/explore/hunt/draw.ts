// Scenarios that nobody wrote: two to four actors with one to four operations each, on a ground of a few pages. Scenario number n of a hunt
// depends on the hunt's seed and n alone, so that parts and jobs divide them, and a number names one.

import type { Call } from '../../memory/calls.ts';
import type { Scenario, VcpuSpec } from '../../scenario/types.ts';
import type { AnyOp } from '../../scenario/walk.ts';
import { Dice } from './dice.ts';
import { expecting } from './expecting.ts';
import { drawGround, type Ground } from './ground.ts';
import { guestWords, hardwareWords } from './other-words.ts';
import { vmmWords, type Word } from './vmm-words.ts';

/** How often a program has 1, 2, 3, 4 operations; how often a scenario has 2, 3, 4 actors, and 0, 1, 2 vCPUs. */
const LENGTHS = [45, 35, 15, 5] as const, ACTORS = [50, 38, 12] as const, VCPUS = [27, 58, 15] as const;

function drawProgram(words: readonly Word[], ground: Ground, dice: Dice): AnyOp[] {
  const program: AnyOp[] = [];
  for (let left = 1 + dice.index(...LENGTHS), tries = 20; left > 0 && tries > 0; tries--) {
    const op = dice.weighted(words)!.draw(ground, dice);
    if (op === undefined) continue;
    program.push(op);
    left--;
  }
  return program;
}

function drawVcpu(vmm: readonly Word[], ground: Ground, dice: Dice): VcpuSpec {
  const program = drawProgram(guestWords, ground, dice);
  const policy = dice.chance(60) ? { policy: 'convert' } : {};
  // A thread that does something of its own before it enters, or enters twice.
  const thread = dice.chance(12) ? { thread: [...drawProgram(vmm, ground, dice).slice(0, 1).filter(({ op }) => op !== 'dup'), { op: 'run' }, ...(dice.chance(30) ? [{ op: 'run' }] : [])] } : {};
  return { program, ...policy, ...thread } as unknown as VcpuSpec;
}

/** The scenario of this number, for a kernel with these calls. */
export function drawScenario(seed: number, n: number, calls: readonly Call[]): Scenario {
  const dice = new Dice(seed, n);
  const ground = drawGround(dice);
  const actors = 2 + dice.index(...ACTORS);
  const vcpus = dice.index(...VCPUS);
  const hasHardware = actors > vcpus && dice.chance(45);
  const count = Math.max(0, actors - vcpus - (hasHardware ? 1 : 0));
  const vmm = vmmWords(calls);
  const cpus = Array.from({ length: vcpus }, () => drawVcpu(vmm, ground, dice));
  const has = (name: string): boolean => calls.some((call) => call.name === name);
  const threads = Array.from({ length: count }, (_one, i) => {
    const own: readonly Word[] = [
      { weight: has('create_gmem') ? 2 : 0, draw: ({ vms, pages }) => ({ op: 'create_gmem', ...(vms > 1 ? { vm: 0 } : {}), fd: `N${i}`, pages }) },
      { weight: vcpus > 0 && has('close_vcpu') ? 2 : 0, draw: () => ({ op: 'close_vcpu', vcpu: dice.below(vcpus) }) },
    ];
    // Two threads need two names for what they create.
    return drawProgram([...vmm, ...own], ground, dice).map((op) => (op.op === 'dup' ? { ...op, newFd: `A${i + 2}` } : op));
  });
  const events: readonly Word[] = [
    { weight: vcpus > 0 ? 2 : 0, draw: () => ({ op: 'interrupt', vcpu: dice.below(vcpus) }) },
    { weight: vcpus > 0 ? 2 : 0, draw: () => ({ op: 'signal', thread: `cpu${dice.below(vcpus)}` }) },
  ];
  const hardware = hasHardware ? drawProgram([...hardwareWords, ...events], ground, dice) : [];
  return expecting({
    name: `hunt-${seed}-${n}`,
    vms: Array.from({ length: ground.vms }, (_one, vm) => ({ type: ground.type, ...(vm === 0 && vcpus > 0 ? { vcpus: cpus } : {}) })),
    ...(ground.memory.length > 0 ? { memory: ground.memory } : {}),
    ...(ground.setup.length > 0 ? { setup: ground.setup } : {}),
    ...(threads.length > 0 ? { threads: threads.filter((program) => program.length > 0).map((program, i) => ({ name: `t${i}`, program })) } : {}),
    ...(hardware.length > 0 ? { hardware: [{ name: 'hw', program: hardware }] } : {}),
  } as unknown as Scenario, ground);
}
