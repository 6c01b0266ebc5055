// faultline check: is a scenario, or a kernel, in order, and what does it come to?

import { readFileSync } from 'node:fs';
import { everyKernel, kernels } from '../../machines/kernels/index.ts';
import { nearest } from '../kernel/nearest.ts';
import { builtinScenario, builtinScenarios } from '../scenario/builtin/index.ts';
import { checkKernel } from './check-kernel.ts';
import { checkScenario } from './check-scenario.ts';
import { examples, note, type CommandDefinition } from './command.ts';
import { EXIT, UsageError } from './errors.ts';
import { blamingKernel, findKernel } from './kernels.ts';
import { line } from './output.ts';
import * as values from './values.ts';

/** What is said of what was checked. */
export interface Checked { readonly json: object; readonly lines: readonly string[]; readonly next: string }

interface Options { readonly as?: 'kernel' | 'scenario'; readonly kernel?: string; readonly json?: boolean }

/** The command `check`. */
export const check: CommandDefinition = (program, done) => {
  program.command('check')
    .description('check the file of a scenario or of a kernel, and say what it comes to')
    .argument('<file>', 'a scenario (.json, .ts, .js) or a kernel (.ts, .js), or the name of a built-in one')
    .option('-k, --kernel <kernel>', 'the kernel to count the states of a scenario on (default: v6.8)')
    .option('--as <kind>', 'what it is: kernel or scenario (default: a kernel when the file has deriveKernel or defineKernel in it)', values.oneOf(['kernel', 'scenario']))
    .option('--json', 'say the result as JSON')
    .addHelpText('after', note('Exits with 0 when it is in order, with 2 and one sentence when it is not.'))
    .addHelpText('after', examples('faultline check mine.json', 'faultline check ./my-patch.ts', 'faultline check mine.ts --kernel ./my-patch.ts', 'faultline check SC01'))
    .action(async (file: string, { as, kernel, json = false }: Options) => {
      const kind = as ?? kindOf(file);
      if (kind === 'kernel' && kernel !== undefined) throw new UsageError(`--kernel is for scenarios, and ${file} is a kernel`);
      // What a person's own kernel does wrong while it runs is told with its file and line.
      const { json: told, lines, next } = kind === 'kernel' ? checkKernel(file) : kernel === undefined ? checkScenario(file, undefined) : await blamingKernel(findKernel(kernel), () => checkScenario(file, kernel));
      if (json) await line(JSON.stringify(told, null, 2));
      else for (const one of [...lines, '', next]) await line(one);
      done(EXIT.HELD);
    });
};

/** A kernel is made by one of two functions. What cannot be read is a scenario: that loader says why. */
function kindOf(file: string): 'kernel' | 'scenario' {
  if (everyKernel.some(({ name }) => name === file)) return 'kernel';
  if (!/[/\\]|\.[a-z]+$/i.test(file) && builtinScenario(file) === undefined) {
    throw new UsageError(`there is no scenario and no kernel '${file}'${nearest(file, [...builtinScenarios, ...kernels].map(({ name }) => name)) || '; give a file: ./mine.ts'}`);
  }
  if (!/\.(?:ts|mts|js|mjs|cjs)$/.test(file)) return 'scenario';
  try {
    const code = readFileSync(file, 'utf8').replace(/\/\/.*$|\/\*[^]*?\*\//gm, '');
    return /\b(?:deriveKernel|defineKernel)\b/.test(code) ? 'kernel' : 'scenario';
  } catch {
    return 'scenario';
  }
}
