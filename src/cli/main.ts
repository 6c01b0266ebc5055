// The command line: declares the commands, runs one, turns whatever happens into an exit code and at most one sentence.

import { writeFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { commands } from './index.ts';
import { makeFolders } from './destination.ts';
import { EXIT, userSentence } from './errors.ts';
import { complain, WIDTH, wrapped } from './output.ts';
import { tableFiles } from './table-files.ts';
import { nearest } from '../kernel/nearest.ts';
import { useTableStore } from '../kernel/table-store.ts';
import { PACKAGE_VERSION } from '../trace/fingerprints.gen.ts';

const CODES = `
Exit codes:
  0 held   1 safety violated   2 usage or bad input   3 deadlock   4 livelock
  5 inconclusive   70 defect of the laboratory   130 interrupted

'faultline COMMAND --help' says what a command takes. To begin with:
  faultline run SC22 --seed 3`;

/** Runs one command line; answers the exit code. Tables of kernels are kept in `tables`, if that is given. */
export async function main(args: readonly string[], tables?: URL): Promise<number> {
  if (tables !== undefined) useTableStore(tableFiles(tables));
  let code: number = EXIT.HELD;
  const program = new Command('faultline')
    .description('A laboratory for the concurrency of KVM guest_memfd.')
    .version(PACKAGE_VERSION, '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showSuggestionAfterError(true)
    // With their arguments names would leave no room for what the commands do; each says them in its own help.
    .configureHelp({ helpWidth: WIDTH, showGlobalOptions: false, subcommandTerm: (one) => one.name() })
    .configureOutput({ writeErr: () => {}, outputError: () => {} })
    .exitOverride()
    .addHelpText('after', CODES);
  for (const command of commands) command(program, (answer) => { code = answer; });
  for (const command of program.commands) {
    command.helpOption('-h, --help', 'print help').copyInheritedSettings(program).allowExcessArguments(false);
  }
  if (args.length === 0) {
    program.outputHelp();
    return EXIT.HELD;
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    return failed(error, args, program);
  }
}

/** What an error ends with. */
function failed(error: unknown, args: readonly string[], program: Command): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.HELD;
    // Commander says nothing itself of a command that help is wanted of, and that does not exist.
    if (args[0] === 'help' && error.code === 'commander.help') {
      complain(`unknown command '${args[1]}'${nearest(args[1] ?? '', program.commands.map((one) => one.name()))}; see: faultline --help`);
      return EXIT.USAGE;
    }
    const named = program.commands.find((one) => one.name() === args[0]);
    complain(`${usageSentence(error, named)}; see: faultline ${named === undefined ? '' : `${named.name()} `}--help`);
    return EXIT.USAGE;
  }
  const sentence = userSentence(error);
  if (sentence !== undefined) {
    complain(sentence);
    return EXIT.USAGE;
  }
  return laboratoryDefect(error, args);
}

/** Commander's message as one sentence; of an argument that is missing it says what it would be. */
const usageSentence = ({ message }: CommanderError, command: Command | undefined): string => message
  .replace(/^error: /, '')
  .replace(/^(missing required argument) '(.*)'$/, (_all, missing: string, name: string) => `${missing} '${name}' (${command?.registeredArguments.find((one) => one.name() === name)?.description})`)
  .replace(/^option '.*?(--[a-z-]+).*' argument '.*' is invalid\. /s, '$1: ')
  .replace(/\n?\(Did you mean (.*)\?\)$/s, ' (did you mean $1?)')
  .replace(/\s*\n\s*/g, ' ')
  .replace(/\.$/, '');

const REPORT = 'traces/laboratory-defect.txt';

/** Something that no input should be able to bring about: says so, and keeps what it takes to look into it. */
function laboratoryDefect(error: unknown, args: readonly string[]): number {
  const text = error instanceof Error ? error.stack ?? error.message : String(error);
  const message = error instanceof Error ? error.message : String(error);
  let where = REPORT;
  try {
    makeFolders('traces');
    writeFileSync(REPORT, `faultline ${PACKAGE_VERSION}, node ${process.version}, ${process.platform} ${process.arch}\nfaultline ${args.join(' ')}\n\n${text}\n`);
  } catch {
    where = '';
  }
  for (const one of wrapped(`a defect of the laboratory, not of a kernel: ${message}`, WIDTH - 11)) complain(one);
  complain(where === '' ? text : `what is known of it is in ${where}; please report it`);
  return EXIT.LABORATORY;
}
