// What comes into a run on real threads from outside: it is one more step in the order of everything, and replays like the rest.

import { from, of, NEVER, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { builtinScenario } from '../../../dist/src/scenario/builtin/index.js';
import {
  await_, commanded, convert, createGmem, memoryError, notify, punch, read, scenario, setAttributes, slot, spareVcpu, write,
} from '../../../dist/src/scenario/builder.js';
import { kernel as kernelNamed, opened, replayed } from '../../support/threads.ts';

const machine = scenario({
  name: 'own-vmm', memory: [{ name: 'ram', pages: 2 }],
  vms: [{
    vcpus: [
      { program: [write(0, 7), convert(1, 1, 'shared'), write(1, 8), await_('struck'), read(0)], policy: 'ask' },
      spareVcpu('convert'),
    ],
  }],
  setup: [createGmem('A', 2), slot(0, 0, 2, { fd: 'A', memory: 'ram' }), setAttributes(0, 2, 'private')],
  threads: [commanded('main')], hardware: [commanded('hw')],
});

describe('from outside', () => {
  it.each([1, 2, 4])('a VMM policy in TypeScript answers the exits of a run on %i workers', async (workers) => {
    // v6.8 keeps a reference of a poisoned page (G4-B1), which is not what this is about.
    const { run, batches, kernel } = opened(machine, { kernel: kernelNamed('v6.8-fixed'), seed: 7, threads: { workers }, inject$: of({ to: 'vcpu1', do: [read(1)] }) });
    const [cpu, main, hw] = [run.actor('cpu0'), run.actor('main'), run.actor('hw')];
    const said: string[] = [];
    cpu.outbox.subscribe(({ message, content }) => {
      if (message !== 'exit') return;
      said.push(`${content['reason']} ${content['errno']}`);
      if (content['reason'] === 'HYPERCALL') {
        cpu.inbox.next({ decision: 'convert' });
        hw.inbox.next({ do: [memoryError({ fd: 'A', page: 0 }), notify('struck')] });
      } else if (content['errno'] === 'EHWPOISON') main.inbox.next({ do: [punch('A', 0, 1, 'ok')] });
      else cpu.inbox.next({ decision: 'stop' });
    });
    main.outbox.subscribe(({ message }) => {
      if (message !== 'done') return;
      said.push('punched');
      cpu.inbox.next({ decision: 'retry' });
      for (const { inbox } of [cpu, main, hw]) inbox.complete();
    });
    const result = await run.start();
    expect([result.why, result.violation, result.waiting]).toEqual(['finished', undefined, []]);
    expect(said).toEqual(['HYPERCALL ok', 'MEMORY_FAULT EHWPOISON', 'punched']);
    expect(batches.flatMap(({ injections = [] }) => injections).length).toBe(5);
    expect(replayed({ result, batches, kernel, scenario: machine })).toBe(result.steps);
  });

  it('a storm of commands goes into a run that is busy, each of them once, and replays', async () => {
    const stress = builtinScenario('stress')!;
    const busy = scenario({ ...stress, threads: [...stress.threads!, commanded('outsider')] });
    const commands = Array.from({ length: 300 }, (_one, k) => ({ to: 'outsider', do: [punch('A', k % 8, 1)] }));
    const { run, batches, kernel } = opened(busy, { limits: { seconds: 250 }, inject$: from(commands) });
    let put = 0;
    run.batches.subscribe(({ injections = [] }) => { if ((put += injections.length) === commands.length) run.stop(); });
    const result = await run.start();
    expect([result.why, put, result.undelivered]).toEqual(['interrupted', 300, undefined]);
    expect(replayed({ result, batches, kernel, scenario: busy })).toBe(result.steps);
  });

  it('a run in which everybody rests waits while more may come, and costs nothing meanwhile', async () => {
    const { run } = opened(machine, { inject$: NEVER, invariants: [] });
    run.actor('cpu0').inbox.complete();
    setTimeout(() => run.stop(), 1500);
    const result = await run.start();
    expect(result.why).toBe('interrupted');
  });

  it('what nobody waits for any more is told as undelivered', async () => {
    const { run } = opened(scenario({ ...machine, threads: [commanded('main'), { name: 'waiting', program: [await_('struck')] }], vms: [{ vcpus: [{ program: [write(0, 7)] }] }] }), {
      inject$: of({ to: 'main', do: [await_('struck')] }, { to: 'main', do: [punch('A', 0, 1)] }),
    });
    const result = await run.start();
    expect([result.why, result.undelivered]).toEqual(['deadlock', 1]);
  });

  it('an input that fails ends the run with its error', async () => {
    const { run } = opened(machine, { inject$: throwError(() => new Error('the line is dead')) });
    await expect(run.start()).rejects.toThrow('inject$ failed: the line is dead');
  });

  it('a run in rounds takes nothing', async () => {
    const { run } = opened(machine, { inject$: NEVER, threads: { repeat: 2 } });
    await expect(run.start()).rejects.toThrow('a run in rounds takes nothing from outside');
  });
});
