// faultline explain: what a name means, whatever it names.

import { DEFAULT_KERNEL } from '../../machines/kernels/index.ts';
import { nearest } from '../kernel/nearest.ts';
import { catalog } from './catalog.ts';
import { examples, type CommandDefinition } from './command.ts';
import { EXIT, UsageError } from './errors.ts';
import { functionEntry } from './kernel-functions.ts';
import { findKernel } from './kernels.ts';
import { write } from './output.ts';

/** The command `explain`. */
export const explain: CommandDefinition = (program, done) => {
  program.command('explain')
    .description('say what a name means: of a kernel, known bug, scenario, invariant, step, state, fragment, system call, object, errno, outcome, function of the kernel')
    .argument('<name>', 'the name')
    .option('-k, --kernel <kernel>', 'whose steps and states', DEFAULT_KERNEL)
    .addHelpText('after', examples('faultline explain S-01', 'faultline explain fault.testStale', 'faultline explain gmem.punchHole', 'faultline explain call.run.guest', 'faultline explain EFAULT', 'faultline explain kvm_tdp_mmu_map'))
    .action(async (name: string, { kernel }: { kernel: string }) => {
      const built = findKernel(kernel).kernel;
      const entries = catalog(built);
      const same = entries.filter((entry) => entry.name === name);
      const alike = same.length > 0 ? same : entries.filter((entry) => entry.name.toLowerCase() === name.toLowerCase());
      const of = alike.length > 0 ? undefined : functionEntry(name, built);
      const found = of === undefined ? alike : [of];
      if (found.length === 0) throw new UsageError(`nothing is named '${name}'${nearest(name, new Set(entries.map((entry) => entry.name))) || "; 'faultline list scenarios' lists these, and so on with kernels, invariants, steps; 'faultline bugs' and 'faultline mutants --list' the others"}`);
      await write(`${found.map((entry) => [`${entry.name}: ${entry.kind}`, ...entry.text()].join('\n\n')).join('\n\n')}\n`);
      done(EXIT.HELD);
    });
};
