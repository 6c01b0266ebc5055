// What comes into a run from outside: commands, decisions, when a run waits for more, and that all of it replays.

import fc from 'fast-check';
import { concat, delay, from, ignoreElements, NEVER, of, Subject, throwError, timer, type Observable } from 'rxjs';
import { describe, expect, test, vi } from 'vitest';
import { v6_8_fixed } from '../../machines/kernels/v6.8-fixed.ts';
import { Checker } from '../../src/check/checker.ts';
import { invariants } from '../../src/check/invariants/index.ts';
import { codeIsSound, GUEST, INSTRUCTION } from '../../src/memory/code.ts';
import type { Message, StepEvent } from '../../src/runtime/events.ts';
import { InputError, type Injected } from '../../src/runtime/inputs.ts';
import { openRun, recordTrace } from '../../src/runtime/open.ts';
import { preparedWorld } from '../../src/runtime/prepared.ts';
import { eventsOfTrace, Replayer, ReplayError } from '../../src/runtime/replay.ts';
import type { Run, RunOptions, RunResult } from '../../src/runtime/run.ts';
import { runSchedule } from '../../src/runtime/schedule.ts';
import { WriteLog } from '../../src/runtime/write-log.ts';
import type { World } from '../../src/memory/world.ts';
import { forever, memoryError, punch, read, scenario, write } from '../../src/scenario/builder.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { compileCommand } from '../../src/scenario/command.ts';
import { compile } from '../../src/scenario/compile.ts';
import type { Decision, Scenario } from '../../src/scenario/types.ts';
import type { TraceBatch } from '../../src/trace/batch.ts';
import { TraceError } from '../../src/trace/errors.ts';
import { traceInMemory } from '../../src/trace/source.ts';
import { asking, COMMANDED, commands } from '../support/commanded.ts';
import { bytesOf, record, v6_8, withWord, type Recorded } from '../support/recorded.ts';

interface Done { readonly run: Run; readonly result: RunResult; readonly messages: Message[]; readonly events: StepEvent[]; readonly world: World; readonly trace: Uint8Array }

/** Runs to the end with everything that can be known of it. */
async function done(what: Scenario, options: Partial<RunOptions> = {}, prepare: (run: Run) => void = () => {}): Promise<Done> {
  const run = openRun(what, options);
  const trace = recordTrace(run);
  const messages: Message[] = [];
  const events: StepEvent[] = [];
  run.messages().subscribe((message) => messages.push(message));
  run.events().subscribe((event) => events.push(event));
  prepare(run);
  const result = await run.start();
  return { run, result, messages, events, world: run.world.objects, trace: trace(result) };
}

/** Goes through the whole trace; throws when anything is different. */
function replayed(bytes: Uint8Array, what: Scenario): Replayer {
  const replayer = new Replayer(traceInMemory('t', bytes), v6_8, compile(what, v6_8), (objects) => new WriteLog(objects));
  while (replayer.next()) { /* each step verifies itself */ }
  return replayer;
}

const tell = (...injected: Injected[]): { inject$: Observable<Injected> } => ({ inject$: from(injected) });
const guestSteps = ({ events }: Done, actor: string): string[] => events.filter((one) => one.actor === actor && one.name === 'guest.execute').map(({ outcome }) => outcome);

describe('an actor that takes commands', () => {
  test('rests until one comes: without any the run ends by itself', async () => {
    const { result, events } = await done(COMMANDED);
    expect(result.why).toBe('finished');
    expect(events.filter(({ actor }) => ['main', 'hw', 'cpu1', 'vcpu1'].includes(actor))).toEqual([]);
  });

  test('a thread executes system calls and rests again, as often as it is told', async () => {
    const both = await done(COMMANDED, tell({ to: 'main', do: [{ op: 'allocate', fd: 'A', page: 0, pages: 4 }] }, { to: 'main', do: [punch('A', 2, 1)] }));
    const pages = [0, 1, 2, 3].map((index) => both.world.cache(1, index).pfn !== 0);
    expect([both.result.why, pages]).toEqual(['finished', [true, true, false, true]]);
    const own = both.messages.filter(({ from: sender, to }) => sender === 'outside' || to === 'outside').map(({ from: sender, to, message }) => [sender, to, message]);
    expect(own).toEqual([['outside', 'main', 'command'], ['main', 'outside', 'done'], ['outside', 'main', 'command'], ['main', 'outside', 'done']]);
  });

  test('hardware strikes a page, and its pins live on to the next command', async () => {
    const hold = await done(COMMANDED, tell({ to: 'main', do: [{ op: 'allocate', fd: 'A', page: 3, pages: 1 }] }), (run) => {
      // Behind the allocation.
      const { inbox } = run.actor('hw');
      run.actor('main').outbox.subscribe(({ message }) => {
        if (message !== 'done') return;
        inbox.next({ do: [{ op: 'pin', fd: 'A', page: 3 }] });
        inbox.next({ do: [memoryError({ fd: 'A', page: 3 }), { op: 'unpin', fd: 'A', page: 3 }] });
        inbox.complete();
      });
    });
    const { pfn } = hold.world.cache(1, 3);
    expect([hold.result.why, hold.world.folio(pfn).hwpoison, hold.world.folio_ref(pfn).refcount]).toEqual(['finished', 1, 1]);
    expect(hold.events.filter(({ actor }) => actor === 'hw').map(({ name }) => name)).toEqual([
      'command.receive', 'hw.next', 'hw.next', 'command.finish', 'command.receive', 'hw.next', 'hw.receiveReply', 'hw.next', 'hw.next', 'command.finish',
    ]);
  });

  test('a spare vCPU begins each command at its first instruction, behind a HLT and behind an exit in the middle of one', async () => {
    const stopping = { ...COMMANDED, vms: [{ vcpus: [{ commands: true as const, policy: 'stop' as const }] }], threads: [], hardware: [] };
    const told = await done(stopping, tell(
      { to: 'vcpu0', do: [write(0, 1), read(0)] }, { to: 'cpu0', do: [read(1)] },
      { to: 'vcpu0', do: [{ op: 'convert', page: 0, pages: 1, to: 'shared' }, write(1, 1), write(2, 1)] }, { to: 'vcpu0', do: [write(3, 9)] },
    ));
    expect(guestSteps(told, 'vcpu0').filter((outcome) => outcome !== 'miss')).toEqual(['ok', 'ok', 'halt', 'ok', 'halt', 'hypercall', 'ok', 'halt']);
    expect(told.world.page(told.world.cache(1, 3).pfn).value).toBe(9);
    expect(told.world.cache(1, 2).pfn).toBe(0);
  });

  test('what breaks an invariant because of a command ends the run', async () => {
    const { result } = await done(COMMANDED, tell({ to: 'main', do: [punch('A', 0, 1, 'EINVAL')] }));
    expect([result.why, result.violation?.id]).toEqual(['violation', 'S-22']);
  });

  test('events that a program awaits may be notified by a command', async () => {
    const waiting = { ...COMMANDED, vms: [{ vcpus: [] }], threads: [...COMMANDED.threads!, { name: 'other', program: [{ op: 'await' as const, event: 'go' }, punch('A', 0, 1)] }] };
    expect((await done(waiting)).result.why).toBe('deadlock');
    expect((await done(waiting, { inject$: of<Injected>({ to: 'main', do: [{ op: 'notify', event: 'go' }] }).pipe(delay(5)) })).result.why).toBe('finished');
  });
});

describe('a command that cannot be', () => {
  const topology = compile(COMMANDED, v6_8);
  test.each<[string, unknown, RegExp]>([
    ['mian', [punch('A', 0, 1)], /^to: there is no actor 'mian'; did you mean 'main'\?$/],
    ['vcpu0', [read(0)], /^to: 'vcpu0' takes no commands; these do: vcpu1, cpu1, main, hw$/],
    ['main', [punch('B', 0, 1)], /^do\[0\]\.fd: there is no descriptor 'B'; did you mean 'A'\?$/],
    ['main', [{ op: 'create_gmem', fd: 'C', pages: 1 }], /^do\[0\]\.fd: the scenario has no descriptor of this name; it has A$/],
    ['main', [{ op: 'set_region', slot: 5, page: 0, pages: 1 }], /^do\[0\]\.slot: the scenario has no slot 5; it has room for ids up to 0, and 'slotIds' makes more$/],
    ['main', [{ op: 'set_region', slot: 0, page: 9, pages: 1 }], /^do\[0\]\.size: pages that are not there: 9 is none of the guest pages of the scenario; a command can touch those that its programs and slots name$/],
    ['main', [{ op: 'notify', event: 'e' }], /^do\[0\]\.event: there is no notify of event 'e'; the scenario has none$/],
    ['main', [{ op: 'run' }], /^do\[0\]: a vCPU is run by a thread of its own/],
    ['main', [{ op: 'memory_error', fd: 'A', page: 0 }], /^do\[0\]\.op: there is no VMM operation 'memory_error'/],
    ['main', 'punch', /^do: must be a list, not 'punch'$/],
    ['vcpu1', [read(4)], /^do\[0\]: pages that are not there: 4 is none of the guest pages/],
    ['vcpu1', [{ op: 'fill', page: 0, pages: 4096, value: 1 }], /^do\[0\]: pages that are not there: 4 is none/],
    ['hw', [memoryError({ fd: 'A', page: 4 })], /^do\[0\]\.page: page 4 lies behind the end of 'A', which has 4$/],
    ['hw', [{ op: 'signal', thread: 'nobody' }], /^do\[0\]\.thread: there is no thread 'nobody'/],
    ['hw', Array.from({ length: 65 }, () => ({ op: 'lru_drain' })), /^do: has 65 instructions; the limit 'command' is 64$/],
  ])('%s, %j is refused in one sentence', (to, ops, sentence) => {
    expect(() => compileCommand(COMMANDED, v6_8, topology, to, ops)).toThrow(sentence);
  });

  test('the longest that can be is taken', () => {
    expect(compileCommand(COMMANDED, v6_8, topology, 'hw', Array.from({ length: 64 }, () => ({ op: 'lru_drain' }))).code!.words.length).toBe(65 * INSTRUCTION);
  });
});

describe('the policy ask', () => {
  /** Answers the questions in this order. */
  async function answered(...decisions: Decision[]): Promise<Done & { questions: Message[] }> {
    const questions: Message[] = [];
    const all = await done(asking(), {}, (run) => {
      const { inbox, outbox } = run.actor('cpu0');
      outbox.subscribe((message) => {
        if (message.to !== 'outside') return;
        questions.push(message);
        inbox.next({ decision: decisions[questions.length - 1]! });
        if (questions.length === decisions.length) inbox.complete();
      });
    });
    return { ...all, questions };
  }

  test('asks about a hypercall, and converts when told so', async () => {
    const { result, questions, world, messages } = await answered('convert');
    expect(questions).toEqual([{ step: expect.any(Number), from: 'cpu0', to: 'outside', message: 'exit', content: { reason: 'HYPERCALL', errno: 'ok', gfn: 1, pages: 2, attributes: 'shared' } }]);
    expect(messages.filter(({ message }) => message === 'decision')).toEqual([{ step: questions[0]!.step + 1, from: 'outside', to: 'cpu0', message: 'decision', content: { decision: 'convert' } }]);
    expect([result.why, [0, 1, 2, 3].map((gfn) => world.mem_attr(0, gfn).attributes)]).toEqual(['finished', [1, 0, 0, 1]]);
  });

  test('enters again without a conversion: the guest goes on as it was', async () => {
    const { result, world, questions } = await answered('retry');
    expect([result.why, questions.length, world.mem_attr(0, 1).attributes, world.page(world.cache(1, 1).pfn).value]).toEqual(['finished', 1, 1, 5]);
  });

  test('ends the run of the vCPU when told to stop', async () => {
    const told = await answered('stop');
    expect([told.result.why, guestSteps(told, 'vcpu0')]).toEqual(['finished', ['hypercall']]);
  });

  test('asks about a memory fault by the kind of access', async () => {
    const confidential: Scenario = { ...asking(), vms: [{ type: 'confidential', vcpus: [{ program: [write(0, 1)], policy: 'ask' }] }] };
    const questions: Message[] = [];
    await done(confidential, {}, (run) => {
      const { inbox, outbox } = run.actor('cpu0');
      outbox.subscribe((message) => {
        if (message.message !== 'exit') return;
        questions.push(message);
        inbox.next({ decision: 'stop' });
        inbox.complete();
      });
    });
    expect(questions.map(({ content }) => content)).toEqual([{ reason: 'MEMORY_FAULT', errno: 'EFAULT', gfn: 0, pages: 1, flags: 'none' }]);
  });

  test('with nobody to answer is a deadlock', async () => {
    const { result } = await done(asking());
    expect([result.why, result.waiting]).toEqual(['deadlock', [{ actor: 'cpu0', path: 'asking', step: 'vmm.receiveDecision' }]]);
  });

  test('a decision that comes before the question waits for it; one too many finds nobody', async () => {
    const { result } = await done(asking(), tell({ to: 'vcpu0', decision: 'convert' }, { to: 'cpu0', decision: 'stop' }));
    expect([result.why, result.undelivered]).toEqual(['finished', 1]);
  });

  test('a decision does not wait behind a command for the same thread', async () => {
    const spare: Scenario = { ...asking(), vms: [{ vcpus: [{ commands: true, policy: 'ask' }] }] };
    const ask = [{ op: 'convert', page: 0, pages: 1, to: 'shared' }];
    const { result, world } = await done(spare, tell({ to: 'vcpu0', do: ask }, { to: 'vcpu0', do: [write(0, 4)] }, { to: 'vcpu0', decision: 'convert' }));
    expect([result.why, world.mem_attr(0, 0).attributes, world.page(world.hpte(0).pfn).value]).toEqual(['finished', 0, 4]);
  });

  test('whoever never asks takes no decisions', async () => {
    await expect(done(asking('convert'), tell({ to: 'cpu0', decision: 'stop' }))).rejects.toThrow("inject$: to: 'cpu0' never asks; nobody here does: the policy 'ask' of a vCPU makes its thread ask");
    await expect(done(asking(), tell({ to: 'cpu0', decision: 'go' as never }))).rejects.toThrow("inject$: decision: there is no decision 'go'; there is stop, retry, convert");
  });
});

describe('replay', () => {
  test('of any sequence of commands is the same run, whatever the seed', async () => {
    let injections = 0;
    await fc.assert(fc.asyncProperty(commands, fc.nat(), async (list, seed) => {
      const run = await done(COMMANDED, { seed, invariants: [], ...tell(...list) });
      expect(run.result.why).toBe('finished');
      expect(run.result.tally.ofActor[0]).toBe(list.length);
      injections += list.length;
      const replayer = replayed(run.trace, COMMANDED);
      expect([replayer.step, replayer.footer?.hash]).toEqual([run.result.steps, run.result.hash]);
      expect([...eventsOfTrace(traceInMemory('t', run.trace), v6_8, compile(COMMANDED, v6_8))]).toEqual(run.events);
    }), { numRuns: 40 });
    expect(injections).toBeGreaterThan(40);
  });

  test('of what came while the run went on is the same run, forwards and backwards', async () => {
    const busy: Scenario = { ...COMMANDED, vms: [{ vcpus: [{ program: [forever([write(0, 7, { any: 4 })])], policy: 'retry' }, { commands: true, policy: 'convert' }] }] };
    const in$ = new Subject<Injected>();
    const { result, trace } = await done(busy, { inject$: in$, invariants: [], limits: { steps: 60_000 } }, (run) => {
      let told = 0;
      run.batches.subscribe(() => { if (told++ < 3) in$.next({ to: told === 2 ? 'hw' : 'main', do: told === 2 ? [memoryError({ fd: 'A', page: 1 })] : [punch('A', 0, 4)] }); });
    });
    expect([result.why, result.tally.ofActor[0]]).toEqual(['steps', 3]);
    const replayer = replayed(trace, busy);
    expect(replayer.footer?.hash).toBe(result.hash);
    replayer.runTo(20_000);
    replayer.runTo(60_000);
    expect(replayer.next()).toBe(false);
    expect(replayer.footer?.hash).toBe(result.hash);
  });

  test('the same stream and seed give the same bytes', async () => {
    const all = await Promise.all([1, 2].map(() => done(COMMANDED, { seed: 9, ...tell({ to: 'main', do: [punch('A', 0, 1)] }, { to: 'vcpu1', do: [write(0, 2)] }) })));
    expect(all[0]!.trace).toEqual(all[1]!.trace);
  });

  describe('of a trace that was edited is refused in one sentence', () => {
    const injected = { actor: 0, type: 3, payload: [0], code: { at: 0, words: [] as number[] } };
    const recorded = (): Promise<Recorded> => record(COMMANDED, tell({ to: 'main', do: [punch('A', 0, 1)] }));
    /** With another first injection. */
    async function edited(change: (one: typeof injected) => object): Promise<Recorded> {
      const it = await recorded();
      return { ...it, batches: it.batches.map((batch): TraceBatch => ({ ...batch, injections: batch.injections!.map((one) => ({ ...one, ...change(one as typeof injected) })) })) };
    }
    const end = Array.from<number>({ length: INSTRUCTION }).fill(0);
    const instruction = (...words: number[]): number[] => [...words, ...end.slice(words.length)];
    test.each<[string, () => Promise<Recorded>, RegExp]>([
      ['another receiver in the record', async () => withWord(await recorded(), 1, 1, 3), /^t is malformed at step 1: it is an injection into actor \d+ and says receiver 3, outcome 0, choice 65535$/],
      ['an outcome', async () => withWord(await recorded(), 1, 2, 3), /says receiver \d+, outcome 3, choice 65535$/],
      ['a receiver that takes no commands', async () => withWord(await edited(() => ({ actor: 1 })), 1, 1, 1), /^t is malformed at step 1: 'vcpu0' takes no commands$/],
      ['an actor that is none', async () => withWord(await edited(() => ({ actor: 999 })), 1, 1, 999), /step 1: there is no actor 999; the scenario has \d+$/],
      ['a type that is none', () => edited(() => ({ type: 2 })), /step 1: no message of type 2 comes from outside$/],
      ['a long message', () => edited(() => ({ payload: Array.from({ length: 99 }, () => 0) })), /step 1: a message of 99 words; a mailbox holds \d+$/],
      ['code elsewhere', () => edited(({ code }) => ({ code: { ...code, at: code.at + 1 } })), /words of code from word \d+ on do not lie in the room of 'main', 1560 words from \d+ on$/],
      ['too much code', () => edited(({ code }) => ({ code: { ...code, words: Array.from({ length: 1584 }, () => 0) } })), /1584 words of code from word \d+ on do not lie in the room of 'main'/],
      ['no code', () => edited(() => ({ code: undefined })), /step 1: a command for 'main' brings no instructions$/],
      ['a beginning behind the end', () => edited(() => ({ payload: [2] })), /step 1: a command for 'main' begins at instruction 2, counted from 0; it has 2$/],
      ['a loop of nothing', () => edited(({ code }) => ({ code: { ...code, words: [...instruction(GUEST.LOOP, 0, 0, 0), ...end] } })), /step 1: the instructions of a command for 'main' are none$/],
      ['a call that is none', () => edited(({ code }) => ({ code: { ...code, words: [...instruction(1, 5, 0, 4711), ...end] } })), /malformed at step \d+: it cannot be executed, since a command that came in names what is not there: mailbox\(4711\) does not exist/],
      ['a decision for who does not ask', () => edited(() => ({ type: 4, code: undefined })), /step 1: something comes in for 'main', which does not wait for it here, in state 'idle'$/],
      ['a decision with code', () => edited(() => ({ type: 4 })), /step 1: a decision for 'main' brings instructions$/],
    ])('%s', async (_what, edit, sentence) => {
      const bytes = bytesOf(await edit());
      let error: unknown;
      try {
        replayed(bytes, COMMANDED);
      } catch (thrown) {
        error = thrown;
      }
      expect(error instanceof TraceError || error instanceof ReplayError).toBe(true);
      expect((error as Error).message).toMatch(sentence);
    });

    test('whatever words stand for instructions: replay comes to an end', async () => {
      const it = await recorded();
      const word = fc.oneof({ weight: 5, arbitrary: fc.nat(14) }, fc.integer());
      fc.assert(fc.property(fc.array(fc.array(word, { minLength: 8, maxLength: 8 }), { maxLength: 4 }), (list) => {
        const words = [...list.flatMap((one) => instruction(...one)), ...end];
        const batches = it.batches.map((batch): TraceBatch => ({ ...batch, injections: batch.injections!.map((one) => ({ ...one, code: { at: one.code!.at, words } })) }));
        try {
          replayed(bytesOf({ ...it, batches }), COMMANDED);
        } catch (error) {
          expect(error instanceof TraceError || error instanceof ReplayError, String(error)).toBe(true);
        }
      }), { numRuns: 300 });
    });
  });

  test('what the compiler makes is sound', () => {
    const topology = compile(COMMANDED, v6_8);
    fc.assert(fc.property(commands, (list) => {
      for (const one of list) if ('do' in one) expect(codeIsSound(compileCommand(COMMANDED, v6_8, topology, one.to, one.do).code!.words)).toBe(true);
    }));
  });
});

describe('the schedule of a run with injections on another kernel', () => {
  const on = (recorded: Recorded, kernel: typeof v6_8, calls: readonly { name: string }[] = v6_8.calls): ReturnType<typeof runSchedule> => {
    const topology = compile(COMMANDED, kernel);
    const { world, observer } = preparedWorld(kernel, topology, (objects) => new WriteLog(objects));
    return runSchedule(traceInMemory('t', bytesOf(recorded)), world, observer, { actors: topology.actors, calls }, new Checker(world, invariants));
  };

  test('is applied as far as it applies there, commands too', async () => {
    const recorded = await record(COMMANDED, tell({ to: 'main', do: [{ op: 'allocate', fd: 'A', page: 0, pages: 2 }] }, { to: 'vcpu1', do: [write(2, 2)] }));
    expect(on(recorded, v6_8_fixed)).toEqual({ steps: recorded.result.steps, footer: recorded.footer });
  });

  test('stops at a command that was compiled for other calls', async () => {
    const recorded = await record(COMMANDED, tell({ to: 'main', do: [punch('A', 0, 1)] }));
    expect(on(recorded, v6_8, v6_8.calls.slice(1)).stopped).toEqual({ step: 1, reason: "what comes in was compiled for the actors and calls of another kernel than 'v6.8'" });
  });
});

describe('how long a run with inputs goes on', () => {
  test('it waits for what comes when everybody rests, and ends when that was all', async () => {
    const in$ = new Subject<Injected>();
    const turns: string[] = [];
    const { result } = await done(COMMANDED, { inject$: in$ }, () => {
      setTimeout(() => { turns.push('told'); in$.next({ to: 'main', do: [punch('A', 0, 1)] }); }, 20);
      setTimeout(() => { turns.push('complete'); in$.complete(); }, 40);
    });
    expect([result.why, turns, result.tally.ofActor[0]]).toEqual(['finished', ['told', 'complete'], 1]);
  });

  test('it takes no steps meanwhile and does not look around again and again', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const { result } = await done(COMMANDED, { inject$: NEVER, limits: { seconds: 1 } });
    // One turn of the event loop, one wait; a timer may fire a little early.
    expect(timers.mock.calls.length).toBeLessThan(10);
    timers.mockRestore();
    const alone = await done(COMMANDED);
    expect([result.why, result.steps]).toEqual(['seconds', alone.result.steps]);
  });

  test('stop() ends the waiting, and the trace is whole', async () => {
    const { result, trace } = await done(COMMANDED, { inject$: NEVER }, (run) => { setTimeout(() => run.stop(), 20); });
    expect(result.why).toBe('interrupted');
    expect(replayed(trace, COMMANDED).footer?.why).toBe('interrupted');
  });

  test('an inbox that was taken keeps it open; one that was not does not', async () => {
    expect((await done(COMMANDED, {}, (run) => { void run.actor('main').outbox; })).result.why).toBe('finished');
    const open = await done(COMMANDED, {}, (run) => {
      const { inbox } = run.actor('main');
      setTimeout(() => { inbox.next({ do: [punch('A', 0, 1)] }); inbox.complete(); inbox.next({ do: [punch('A', 0, 1)] }); }, 20);
    });
    expect([open.result.why, open.result.tally.ofActor[0]]).toEqual(['finished', 1]);
  });

  test('what an inbox is told before the start comes in', async () => {
    const { result } = await done(COMMANDED, {}, (run) => {
      const { inbox } = run.actor('main');
      inbox.next({ do: [punch('A', 0, 1)] });
      inbox.complete();
    });
    expect([result.why, result.tally.ofActor[0]]).toEqual(['finished', 1]);
  });

  test('a deadlock in which nothing from outside can help ends it at once', async () => {
    const seed = 3;
    const { result } = await done(builtinScenario('SC22')!, { inject$: NEVER, seed });
    expect([result.why, result.steps]).toEqual(['deadlock', (await done(builtinScenario('SC22')!, { seed })).result.steps]);
  });

  test('an error of the stream ends it with that error, the steps before it are kept', async () => {
    const run = openRun(COMMANDED, { inject$: concat(timer(1000).pipe(ignoreElements()), throwError(() => new Error('the line is dead'))) });
    let steps = 0;
    run.batches.subscribe(({ count }) => { steps += count; });
    await expect(run.start()).rejects.toThrow(new InputError('inject$ failed: the line is dead'));
    expect(steps).toBe((await done(COMMANDED)).result.steps);
  });

  test.each<[string, unknown, RegExp]>([
    ['a command that cannot be', { to: 'main', do: [punch('B', 0, 1)] }, /^inject\$: do\[0\]\.fd: there is no descriptor 'B'/],
    ['an actor that is none', { to: 'x', do: [] }, /^inject\$: to: there is no actor 'x'; did you mean 'hw'\?$/],
    ['nothing', null, /^inject\$: scenario: what comes in is an actor's name and either operations or a decision: \{ to, do \} or \{ to, decision \}$/],
    ['both', { to: 'main', do: [], decision: 'stop' }, /either operations or a decision/],
  ])('%s ends it with a sentence', async (_what, injected, sentence) => {
    await expect(done(COMMANDED, { inject$: of(injected as Injected) })).rejects.toThrow(sentence);
  });

  test('without its scenario nothing can come in', async () => {
    const { kernel, topology } = openRun(COMMANDED).options;
    const { simulate } = await import('../../src/runtime/simulate-run.ts');
    await expect(simulate.open({ kernel, topology, seed: 1, ...tell({ to: 'main', do: [] }) }).start()).rejects.toThrow(/opened without its 'scenario'/);
  });

  test('at its limit of steps, injections counted', async () => {
    const { result } = await done(COMMANDED, { ...tell({ to: 'main', do: [punch('A', 0, 1)] }, { to: 'hw', do: [{ op: 'lru_drain' }] }), limits: { steps: 1 } });
    expect([result.why, result.steps, result.undelivered]).toEqual(['steps', 1, 1]);
  });
});

test('an actor that is none has no mailboxes', () => {
  expect(() => openRun(scenario(COMMANDED)).actor('mian')).toThrow("there is no actor 'mian'; did you mean 'main'?");
});
