// faultline new: a small file that works, to start from.

import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { kernels } from '../../machines/kernels/index.ts';
import { builtinScenario } from '../scenario/builtin/index.ts';
import { nearest } from '../kernel/nearest.ts';
import { examples, type CommandDefinition } from './command.ts';
import { EXIT, isSystemError, systemProblem, UsageError } from './errors.ts';
import { newKernel } from './new-kernel.ts';
import { newScenario, newScenarioJson } from './new-scenario.ts';
import { COMMAND, labelled, labelledCommand, line, shellWord } from './output.ts';

interface Kind {
  /** What the file has in it. */
  readonly text: (name: string, extension: string) => string;
  readonly extensions: readonly string[];
  readonly taken: (name: string) => boolean;
  /** Commands to try next; `file` as a shell takes it. */
  readonly next: (file: string) => readonly string[];
}

const KINDS: Readonly<Record<string, Kind>> = {
  kernel: {
    text: newKernel, extensions: ['.ts'], taken: (name) => kernels.some((one) => one.name === name),
    next: (file) => [`check ${file}`, `run SC01 --kernel ${file}`, `explore SC01 --kernel ${file}`],
  },
  scenario: {
    text: (name, extension) => (extension === '.json' ? newScenarioJson(name) : newScenario(name)), extensions: ['.ts', '.json'], taken: (name) => builtinScenario(name) !== undefined,
    next: (file) => [`check ${file}`, `run ${file}`, `explore ${file}`],
  },
};

/** The command `new`. */
export const newFile: CommandDefinition = (program, done) => {
  const kinds = Object.keys(KINDS);
  program.command('new')
    .description('write a small kernel or scenario that works, to start from')
    .argument('<kind>', `one of: ${kinds.join(', ')}`)
    .argument('<name>', 'its name; the file is <name>.ts, or the one that this names (.ts; of a scenario .json too)')
    .addHelpText('after', examples('faultline new kernel my-patch', 'faultline new scenario mine', 'faultline new scenario mine.json'))
    .action(async (what: string, given: string) => {
      const kind = KINDS[what];
      if (kind === undefined || !Object.hasOwn(KINDS, what)) throw new UsageError(`there is nothing like '${what}' to write${nearest(what, kinds) || `; there is ${kinds.join(', ')}`}`);
      const { file, name, extension } = fileOf(what, kind, given);
      try {
        writeFileSync(file, kind.text(name, extension), { flag: 'wx' });
      } catch (error) {
        if (!isSystemError(error)) throw error;
        throw new UsageError(error.code === 'EEXIST' ? `${file} exists already; choose another name` : `cannot write ${file}: ${systemProblem(error)}`);
      }
      await line(labelled('written', `${file}: a ${what} that works as it stands; change it to what you want to know`));
      const word = shellWord(file.includes('/') ? file : `./${file}`);
      for (const [k, command] of kind.next(word).entries()) await line(labelledCommand(k === 0 ? 'next' : '', `${COMMAND} ${command}`));
      done(EXIT.HELD);
    });
};

function fileOf(what: string, { extensions, taken }: Kind, given: string): { file: string; name: string; extension: string } {
  const extension = extensions.find((one) => given.endsWith(one)) ?? '.ts';
  const file = given.endsWith(extension) ? given : `${given}${extension}`;
  const name = basename(file, extension);
  if (!/^[A-Za-z][\w-]{0,63}$/.test(name)) {
    const dot = /\.[A-Za-z]\w*$/.exec(name)?.[0];
    throw new UsageError(dot !== undefined && name.length > dot.length ? `the file of a ${what} ends in ${extensions.join(' or ')}, not ${dot}` : `'${name}' is no name for a ${what}: letters, digits, - and _, a letter first`);
  }
  if (taken(name)) throw new UsageError(`'${name}' is the name of a built-in ${what}; choose another one`);
  return { file, name, extension };
}
