// faultline why: who wrote a word of memory, and what that came from.

import { CellNameError } from '../runtime/cell-name.ts';
import { causesOf } from '../runtime/causes.ts';
import { examples, note, type CommandDefinition } from './command.ts';
import { EXIT, UsageError } from './errors.ts';
import { blamingKernel } from './kernels.ts';
import { counted, labelled, line } from './output.ts';
import { openReplayable, originOf } from './traces.ts';
import * as values from './values.ts';
import { causesText } from './why-text.ts';

interface Options { readonly at?: number; readonly depth: number; readonly json?: boolean; readonly trust?: boolean }

/** The command `why`. */
export const why: CommandDefinition = (program, done) => {
  program.command('why')
    .description('say which step wrote a word of memory, what that step had read, who wrote that, and so on')
    .argument('<trace>', 'a trace file')
    .argument('<cell>', "the word: 'spte(vm 0, root 0, gfn 5).pfn', or an object: 'kvm_mmu(0)'")
    .option('--at <n>', 'as it was behind step n (default: the last)', values.step)
    .option('--depth <n>', 'steps one behind the other that are followed back', values.depth, 2)
    .option('--json', 'say the result as JSON')
    .option('--trust', 'run the text of a kernel that came with the trace')
    .addHelpText('after', note("A word is named as reports and exports name it: object, indices, field. Indices are real page numbers, and names of actors; 'gfn 5' or 5. They are left out where there is one such object. 'faultline explain spte' lists its fields."))
    .addHelpText('after', examples("faultline why traces/last.trace 'spte(0, 0, 5).pfn'", "faultline why bug.trace 'kvm_mmu(vm 0).mmu_invalidate_seq' --at 40 --depth 5", "faultline why bug.trace 'frame(vcpu0).pfn' --json"))
    .action(async (trace: string, cell: string, options: Options) => done(await explainCell(trace, cell, options)));
};

async function explainCell(trace: string, cell: string, { at, depth, json = false, trust = false }: Options): Promise<number> {
  const open = openReplayable(trace, trust);
  const { source, kernel, topology, scenario } = open;
  const causes = await blamingKernel(open, () => {
    try {
      return causesOf(source, kernel, topology, cell, { at, depth });
    } catch (error) {
      throw error instanceof CellNameError ? new UsageError(`${source.name}: ${error.message}`) : error;
    }
  });
  if (at !== undefined && at > causes.at) throw new UsageError(`--at ${at}: ${source.name} has ${counted(causes.at, 'step')}`);
  if (json) {
    await line(JSON.stringify({ trace: source.name, scenario: scenario.name, kernel: kernel.name, ...causes, cause: causes.cause ?? null }, null, 2));
    return EXIT.HELD;
  }
  await line(labelled('trace', `${source.name}: ${scenario.name} on kernel ${kernel.name}, ${originOf(source.header)}`));
  await line();
  for (const one of causesText(causes)) await line(one);
  return EXIT.HELD;
}
