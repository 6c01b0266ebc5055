// faultline inspect: the page, on this machine only, of a trace or of a scenario that is run in it.

import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { builtinKernel, DEFAULT_KERNEL, kernels } from '../../machines/kernels/index.ts';
import { kernelScript, type Given } from '../inspect/given.ts';
import { LiveRun } from '../inspect/live.ts';
import { pageFiles } from '../inspect/page-files.ts';
import { serve } from '../inspect/server.ts';
import { tableOf, type Beside } from '../inspect/table.ts';
import { MOST_WORKERS } from '../runtime/threads/shared.ts';
import { builtinScenario } from '../scenario/builtin/index.ts';
import { MAGIC } from '../trace/chunk.ts';
import { layoutsText } from './chart-layouts.ts';
import { examples, note, type CommandDefinition } from './command.ts';
import { EXIT, isSystemError, systemProblem, UsageError } from './errors.ts';
import { Interruption } from './interruption.ts';
import { findKernel, type NamedKernel } from './kernels.ts';
import { memoryOption, onMemory, type MemoryOrder } from './memory-order.ts';
import { complain, COMMAND, line, shellWord } from './output.ts';
import { defaultScenario, findScenario } from './scenarios.ts';
import { LAST_TRACE, openReplayable } from './traces.ts';
import * as values from './values.ts';

interface Options {
  kernel?: string; memory?: MemoryOrder; seed?: number; steps?: number; port: number; open?: boolean; trust?: boolean; runtime?: string; live?: boolean; workers?: number; jitter?: number;
}

/** Steps of a lap of a live run: what a look opens at most. */
const LAP = 1_000_000;

/** The port that is tried first. */
const PORT = 7468;
/** Bytes of a trace that a page takes. */
const MOST_TRACE = 1 << 28;

/** The command `inspect`. */
export const inspect: CommandDefinition = (program, done) => {
  memoryOption(program.command('inspect')
    .description('look at a run in a browser: timeline, statecharts, memory, any step, any other schedule')
    .argument('[what]', `a trace file, or a scenario: its name, or a file (default: ${LAST_TRACE}; where there is none, runs to choose from)`)
    .option('-k, --kernel <kernel>', `of a scenario: a kernel, or a file with your own (default: ${DEFAULT_KERNEL})`))
    .option('--seed <n>', 'of a scenario: seed of every random choice (default: 1)', values.seed)
    .option('--steps <n>', 'of a scenario: end after so many steps (default: 20,000)', values.steps)
    .option('--live', 'follow a run on real threads: with --runtime threads; --steps is a lap, after which another one begins', undefined)
    .option('--runtime <runtime>', 'threads, with --live; a page itself runs scenarios by simulate')
    .option('--workers <n>', `with --live: worker threads, 1 to ${MOST_WORKERS} (default: 2, or 1 on one core)`, values.workers)
    .option('--jitter <us>', 'with --live: random pauses of up to so many microseconds (default: 0)', values.jitter)
    .option('--port <n>', 'the port to listen on, or the next one that is free; 0: any', values.port, PORT)
    .option('--open', 'open the address in a browser, too')
    .option('--trust', 'run the text of a kernel that came with the trace')
    .addHelpText('after', examples('faultline inspect', 'faultline inspect traces/sc22-deadlock.trace', 'faultline inspect SC22 --seed 3 --open', 'faultline inspect SC01 --kernel ./my-patch.ts', 'faultline inspect stress --runtime threads --live'))
    .addHelpText('after', note('It listens on this machine only, and the address has a token in it that nobody can guess. Ctrl-C ends it. For a page in one file, to send to somebody: faultline export TRACE --format html -o run.html'))
    .action(async (what: string | undefined, options: Options) => done(await inspected(what, onMemory(options))));
};

/** Serves until somebody ends it. */
async function inspected(what: string | undefined, options: Options): Promise<number> {
  checkLive(options);
  const { given, beside, named, live } = whatToShow(what, options);
  const interruption = new Interruption();
  const server = await listening(given, { ...beside, kernels: [...kernels.map(({ name }) => name), named.kernel.name], layOut: () => layoutsText(named.kernel) }, options.port);
  if (server.moved) complain(`port ${options.port} is taken; this is the next one that is free`);
  await line(given.start === true ? `runs to choose from, since there is no ${LAST_TRACE}: ${server.address}`
    : `inspecting ${given.trace ?? (typeof given.scenario === 'string' ? given.scenario : what)}, kernel ${named.kernel.name}: ${server.address}`);
  await line('on this machine only; Ctrl-C ends it');
  if (options.open === true) openBrowser(server.address);
  const asked = new Promise<void>((resolve) => interruption.stops(resolve));
  try {
    // A run that has ended can be looked at until somebody ends the rest.
    await (live === undefined ? asked : Promise.race([asked, live.start().then(() => asked)]));
  } finally {
    live?.stop();
    await server.close();
  }
  return EXIT.HELD;
}

async function listening(given: Given, beside: Beside, port: number) {
  try {
    return await serve(tableOf(pageFiles(), given, beside), port);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UsageError(error.code === 'EADDRINUSE' ? `port ${port} and those behind it are taken; choose another with --port, or any with --port 0` : `cannot listen on port ${port}: ${systemProblem(error)}`);
  }
}

interface Shown { readonly given: Given; readonly beside: Omit<Beside, 'kernels'>; readonly named: NamedKernel; readonly live?: LiveRun }

/** What goes with --live, and what only with it. */
function checkLive({ live, runtime, workers, jitter }: Options): void {
  if (runtime !== undefined && runtime !== 'threads') throw new UsageError(`--runtime is threads, with --live, not '${runtime.slice(0, 30)}'; without it the page runs the scenario itself, by simulate`);
  if (live === true && runtime === undefined) throw new UsageError('--live follows a run on real threads; add --runtime threads');
  if (live === true) return;
  if (runtime !== undefined) throw new UsageError(`--runtime threads needs --live; or run it and look at its trace: ${COMMAND} run --runtime threads, ${COMMAND} inspect`);
  if (workers !== undefined || jitter !== undefined) throw new UsageError(`--${workers === undefined ? 'jitter' : 'workers'} is for --live`);
}

/** Reads what is to be shown; complains before anything is served. */
function whatToShow(what: string | undefined, options: Options): Shown {
  if (what === '') throw new UsageError('the name of what to inspect is empty; name a trace or a scenario, or leave it out for the last run');
  if (what === undefined && !existsSync(LAST_TRACE) && Object.entries(options).every(([name, value]) => value === undefined || name === 'port' || name === 'open')) {
    return { named: findKernel(DEFAULT_KERNEL), given: { start: true }, beside: {} };
  }
  const chosen = what ?? (existsSync(LAST_TRACE) ? LAST_TRACE : defaultScenario());
  return builtinScenario(chosen) === undefined && isTrace(chosen) ? ofTrace(chosen, options) : ofScenario(chosen, options);
}

/** Does the file begin as a trace does? One that is named like a trace counts as one that is damaged. */
function isTrace(path: string): boolean {
  if (path.endsWith('.trace')) return true;
  try {
    if (!statSync(path).isFile()) return false;
    const file = openSync(path, 'r');
    const head = Buffer.alloc(MAGIC.length);
    readSync(file, head);
    closeSync(file);
    return head.toString('latin1') === MAGIC;
  } catch {
    return false;
  }
}

function ofTrace(path: string, { kernel, seed, steps, trust = false, live }: Options): Shown {
  if (live === true) throw new UsageError(`--live runs a scenario, and ${path} is a trace`);
  for (const [option, value] of Object.entries({ kernel, seed, steps })) {
    if (value !== undefined) throw new UsageError(`--${option} is for scenarios, and ${path} is a trace, which says that itself; leave it out${option === 'kernel' ? `, or execute its schedule on another kernel: ${COMMAND} replay ${shellWord(path)} --kernel K` : ''}`);
  }
  const bytes = readTrace(path);
  const open = openReplayable(path, trust);
  return { named: open, given: { trace: path }, beside: { trace: bytes, kernelScript: scriptOf(open) } };
}

function readTrace(path: string): Uint8Array {
  try {
    const { size } = statSync(path);
    if (size > MOST_TRACE) throw new UsageError(`trace ${path}: has ${size} bytes; the page takes ${MOST_TRACE}; keep a part of it with export or replay --until`);
    return readFileSync(path);
  } catch (error) {
    if (isSystemError(error)) throw new UsageError(`trace ${path}: ${systemProblem(error)}`);
    throw error;
  }
}

function ofScenario(name: string, { kernel = DEFAULT_KERNEL, seed = 1, steps, trust, live, workers, jitter }: Options): Shown {
  if (trust === true) throw new UsageError(`--trust is for traces, and ${name} is a scenario`);
  const named = findKernel(kernel);
  const { scenario, topology } = findScenario(name, named.kernel);
  if (live === true) {
    const run = new LiveRun({
      kernel: named.kernel, kernelText: named.text, fingerprint: named.fingerprint, scenario, topology, seed, steps: steps ?? LAP,
      threads: { ...(workers === undefined ? { workers: Math.min(2, availableParallelism()) } : { workers }), ...(jitter === undefined ? {} : { jitter }) },
    });
    const given = { live: scenario.name, kernel: named.kernel.name, scenario: builtinScenario(name)?.name ?? scenario };
    return { named, given, live: run, beside: { kernelScript: scriptOf(named), live: (response) => run.listen(response), liveTrace: () => run.trace() } };
  }
  const given = { scenario: builtinScenario(name)?.name ?? scenario, kernel: named.kernel.name, seed, ...(steps === undefined ? {} : { steps }) };
  return { named, given, beside: { kernelScript: scriptOf(named) } };
}

const scriptOf = ({ kernel, text, fingerprint }: NamedKernel): string | undefined => (text === undefined || builtinKernel(kernel.name) === kernel ? undefined : kernelScript(text, fingerprint));

/** Opens the address with what the system has for that; who has nothing sees the address. */
function openBrowser(address: string): void {
  const [command, ...args] = process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];
  const child = spawn(command!, [...args, address], { stdio: 'ignore', detached: true });
  child.on('error', () => complain('there is nothing here that opens a browser; open the address yourself'));
  child.unref();
}
