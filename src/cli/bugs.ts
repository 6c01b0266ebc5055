// faultline bugs: the known bugs of the kernels, each found anew.

import type { Kernel } from '../kernel/define.ts';
import { everyKernel, kernels } from '../../machines/kernels/index.ts';
import { bugNamed, kernelsWith } from '../explore/bugs/bug.ts';
import { nearest } from '../kernel/nearest.ts';
import { listBugs } from './bugs-list.ts';
import { findBug, unshownBug } from './bugs-one.ts';
import { examples, note, type CommandDefinition } from './command.ts';
import { UsageError } from './errors.ts';
import { DEFAULTS } from './explore-defaults.ts';
import { Interruption } from './interruption.ts';
import { findKernel, looksLikeFile, type NamedKernel } from './kernels.ts';
import * as values from './values.ts';

/** What the command line gave. */
export interface BugsGiven { readonly kernel?: string; readonly seed: number; readonly seconds: number; readonly json?: boolean }

/** The command `bugs`. */
export const bugs: CommandDefinition = (program, done) => {
  program.command('bugs')
    .description('known bugs of the kernels: find them all, or one with its schedule, and see that it is gone where it was mended')
    .argument('[what]', 'a bug, as G4-B3; or a kernel, whose bugs are found (default: all kernels)')
    .option('-k, --kernel <kernel>', 'of a bug that several kernels have: the one to find it in (default: the oldest)')
    .option('--seed <n>', 'seed of samples', values.seed, 1)
    .option('--seconds <s>', 'for each exploration, at most', values.seconds, DEFAULTS.seconds)
    .option('--json', 'say the result as JSON')
    .addHelpText('after', note('Exits with 0 when each bug was found, and a bug that was named is gone where it was mended; with 1 when it is not gone, 5 when one was not found or cannot be.'))
    .addHelpText('after', examples('faultline bugs', 'faultline bugs mainline', 'faultline bugs G4-B3', 'faultline bugs G4-B11 --kernel mainline --json'))
    .action(async (what: string | undefined, given: BugsGiven) => {
      const interruption = new Interruption();
      try {
        done(await sayBugs(what, given, interruption));
      } finally {
        interruption.forget();
      }
    });
};

async function sayBugs(what: string | undefined, given: BugsGiven, interruption: Interruption): Promise<number> {
  const kernel = kernelNamed(what);
  if (what !== undefined && kernel === undefined) return oneBug(what, given, interruption);
  if (given.kernel !== undefined) throw new UsageError(`--kernel is for one bug; the bugs of a kernel are: faultline bugs ${given.kernel}`);
  return listBugs(kernel === undefined ? kernels.map(({ name }) => findKernel(name)) : [kernel], given, interruption);
}

/** The kernel that was named in the place of a bug. */
function kernelNamed(what: string | undefined): NamedKernel | undefined {
  const isKernel = what !== undefined && (everyKernel.some(({ name }) => name === what) || looksLikeFile(what));
  return isKernel ? findKernel(what) : undefined;
}

function oneBug(what: string, given: BugsGiven, interruption: Interruption): Promise<number> {
  const own = given.kernel === undefined ? undefined : findKernel(given.kernel);
  const among: readonly Kernel[] = own === undefined ? kernels : [own.kernel];
  const named = bugNamed(what, among);
  if (named?.bug !== undefined) return findBug(named.bug, own ?? findKernel(named.kernel.name), given, interruption);
  if (named?.unshown !== undefined) return unshownBug(named.unshown, named.kernel, given);
  const elsewhere = kernelsWith(what.toUpperCase());
  if (own !== undefined && elsewhere.length > 0) throw new UsageError(`${own.kernel.name} does not have ${what}, as far as is known; ${elsewhere.map(({ name }) => name).join(', ')} ${elsewhere.length === 1 ? 'has' : 'have'} it`);
  const ids = [...new Set(among.flatMap((kernel) => [...kernel.bugs, ...kernel.unshown].map(({ id }) => id)))];
  throw new UsageError(`there is no known bug ${what === '' ? 'without an id' : `'${what}'`}${own === undefined ? '' : ` of ${own.kernel.name}`}${nearest(what, [...ids, ...kernels.map(({ name }) => name)]) || '; faultline bugs lists them'}`);
}
