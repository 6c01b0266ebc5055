// faultline inspect: the page, on this machine only, of a trace or of a scenario that is run in it.

import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { builtinKernel, DEFAULT_KERNEL, kernels } from '../../machines/kernels/index.ts';
import { kernelScript, type Given } from '../inspect/given.ts';
import { pageFiles } from '../inspect/page-files.ts';
import { serve } from '../inspect/server.ts';
import { tableOf, type Beside } from '../inspect/table.ts';
import { builtinScenario } from '../scenario/builtin/index.ts';
import { MAGIC } from '../trace/chunk.ts';
import { examples, type CommandDefinition } from './command.ts';
import { EXIT, isSystemError, systemProblem, UsageError } from './errors.ts';
import { Interruption } from './interruption.ts';
import { findKernel, type NamedKernel } from './kernels.ts';
import { memoryOption, onMemory, type MemoryOrder } from './memory-order.ts';
import { complain, COMMAND, line } from './output.ts';
import { defaultScenario, findScenario } from './scenarios.ts';
import { LAST_TRACE, openReplayable } from './traces.ts';
import * as values from './values.ts';

interface Options { kernel?: string; memory?: MemoryOrder; seed?: number; steps?: number; port: number; open?: boolean; trust?: boolean }

/** The port that is tried first. */
const PORT = 7468;
/** Bytes of a trace that a page takes. */
const MOST_TRACE = 1 << 28;

/** The command `inspect`. */
export const inspect: CommandDefinition = (program, done) => {
  memoryOption(program.command('inspect')
    .description('look at a run in a browser: timeline, statecharts, memory, any step, any other schedule')
    .argument('[what]', `a trace file, or a scenario: its name, or a file (default: ${LAST_TRACE}, or ${defaultScenario()} where there is none)`)
    .option('-k, --kernel <kernel>', `of a scenario: a kernel, or a file with your own (default: ${DEFAULT_KERNEL})`))
    .option('--seed <n>', 'of a scenario: seed of every random choice (default: 1)', values.seed)
    .option('--steps <n>', 'of a scenario: end after so many steps (default: 20,000)', values.steps)
    .option('--port <n>', 'the port to listen on, or the next one that is free; 0: any', values.port, PORT)
    .option('--open', 'open the address in a browser, too')
    .option('--trust', 'run the text of a kernel that came with the trace')
    .addHelpText('after', `${examples('faultline inspect', 'faultline inspect traces/sc22-deadlock.trace', 'faultline inspect SC22 --seed 3 --open', 'faultline inspect SC01 --kernel ./my-patch.ts')}
It listens on this machine only, and the address has a token in it that nobody can guess. Ctrl-C ends it. For a page in one file, to send
to somebody: faultline export TRACE --format html -o run.html
`)
    .action(async (what: string | undefined, options: Options) => done(await inspected(what, onMemory(options))));
};

/** Serves until somebody ends it. */
async function inspected(what: string | undefined, options: Options): Promise<number> {
  const { given, beside, named } = whatToShow(what, options);
  const interruption = new Interruption();
  const server = await listening(given, { ...beside, kernels: [...kernels.map(({ name }) => name), named.kernel.name] }, options.port);
  if (server.moved) complain(`port ${options.port} is taken; this is the next one that is free`);
  await line(`inspecting ${given.trace ?? (typeof given.scenario === 'string' ? given.scenario : what)}, kernel ${named.kernel.name}: ${server.address}`);
  await line('on this machine only; Ctrl-C ends it');
  if (options.open === true) openBrowser(server.address);
  await new Promise<void>((resolve) => interruption.stops(resolve));
  await server.close();
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

interface Shown { readonly given: Given; readonly beside: Omit<Beside, 'kernels'>; readonly named: NamedKernel }

/** Reads what is to be shown; complains before anything is served. */
function whatToShow(what: string | undefined, options: Options): Shown {
  if (what === '') throw new UsageError('the name of what to inspect is empty; name a trace or a scenario, or leave it out for the last run');
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

function ofTrace(path: string, { kernel, seed, steps, trust = false }: Options): Shown {
  for (const [option, value] of Object.entries({ kernel, seed, steps })) {
    if (value !== undefined) throw new UsageError(`--${option} is for scenarios, and ${path} is a trace, which says that itself; to see its schedule on another kernel: ${COMMAND} replay ${path} --kernel K --trace FILE`);
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

function ofScenario(name: string, { kernel = DEFAULT_KERNEL, seed = 1, steps, trust }: Options): Shown {
  if (trust === true) throw new UsageError(`--trust is for traces, and ${name} is a scenario`);
  const named = findKernel(kernel);
  const { scenario } = findScenario(name, named.kernel);
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
