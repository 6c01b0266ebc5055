// What a command of faultline is: it declares itself to Commander, and answers with an exit code.

import type { Command } from 'commander';

/** Adds one command to the program; `done` takes the exit code of its action. */
export type CommandDefinition = (program: Command, done: (code: number) => void) => void;

/** Text behind the options in a command's help. */
export const examples = (...lines: readonly string[]): string => `\nExamples:\n${lines.map((one) => `  ${one}`).join('\n')}\n`;
