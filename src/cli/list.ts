// faultline list: what there is, by name.

import { DEFAULT_KERNEL, everyKernel } from '../../machines/kernels/index.ts';
import { invariants } from '../check/invariants/index.ts';
import { nearest } from '../kernel/nearest.ts';
import { builtinScenarios } from '../scenario/builtin/index.ts';
import { examples, type CommandDefinition } from './command.ts';
import { EXIT, UsageError } from './errors.ts';
import { findKernel } from './kernels.ts';
import { line, table } from './output.ts';
import { defaultScenario, findScenario } from './scenarios.ts';

interface Options { kernel?: string; json?: boolean }
/** A row: its name, a sentence, and what else a program may want. */
type Listed = { readonly name: string; readonly text: string } & Readonly<Record<string, unknown>>;

const LISTS: Readonly<Record<string, (options: Options, scenario: string | undefined) => Listed[]>> = {
  scenarios: () => builtinScenarios.map(({ name, title, shows, about }) => ({ name, text: title ?? shows ?? '', shows, about: about ?? [] })),
  kernels: () => everyKernel.map(({ name, title, base, bugs }) => ({ name, text: title, base, bugs: bugs.map(({ id }) => id) })),
  invariants: () => invariants.map(({ id, title, statement }) => ({ name: id, text: title, statement })),
  steps: ({ kernel = DEFAULT_KERNEL }) => stepsOf(kernel),
  actors: ({ kernel = DEFAULT_KERNEL }, scenario) => {
    const { kernel: built } = findKernel(kernel);
    return findScenario(scenario ?? defaultScenario(), built).topology.actors
      .map(({ name, machine }) => ({ name, text: built.fragments.get(built.machines.find((one) => one.machine === machine)!.root)!.description, machine }));
  },
};

/** The command `list`. */
export const list: CommandDefinition = (program, done) => {
  const kinds = Object.keys(LISTS);
  program.command('list')
    .description(`list ${kinds.join(', ')}`)
    .argument('<kind>', `one of: ${kinds.join(', ')}`)
    .argument('[scenario]', `whose actors (default: ${defaultScenario()})`)
    .option('-k, --kernel <kernel>', `whose steps, or actors (default: ${DEFAULT_KERNEL})`)
    .option('--json', 'as JSON')
    .addHelpText('after', examples('faultline list scenarios', 'faultline list actors SC01', 'faultline list steps --kernel ./my-patch.ts'))
    .action(async (kind: string, scenario: string | undefined, options: Options) => {
      const rows = LISTS[kind];
      if (rows === undefined || !Object.hasOwn(LISTS, kind)) throw new UsageError(`there is nothing like '${kind}' to list${nearest(kind, kinds) || `; there is ${kinds.join(', ')}`}`);
      if (options.kernel !== undefined && kind !== 'actors' && kind !== 'steps') throw new UsageError(`list ${kind} takes no --kernel; list steps and list actors do`);
      if (scenario !== undefined && kind !== 'actors') throw new UsageError(`list ${kind} takes no scenario; list actors does`);
      const listed = rows(options, scenario);
      await line(options.json === true ? JSON.stringify(listed, null, 2) : table(listed.map(({ name, text }) => [name, text])));
      done(EXIT.HELD);
    });
};

/** Every step that some state executes, with what the first such state says of it. */
function stepsOf(kernelName: string): Listed[] {
  const { kernel } = findKernel(kernelName);
  const steps = new Map<string, Listed & { outcomes: string[] }>();
  for (const { step, description, outcomes, final } of kernel.table.leaves) {
    if (final) continue;
    const known = steps.get(step);
    if (known === undefined) steps.set(step, { name: step, text: description, outcomes: [...outcomes] });
    else for (const outcome of outcomes) if (!known.outcomes.includes(outcome)) known.outcomes.push(outcome);
  }
  return [...steps.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
