// What a command of faultline is: it declares itself to Commander, and answers with an exit code.

import type { Command } from 'commander';
import { table, WIDTH, wrapped } from './output.ts';

/** Adds one command to the program; `done` takes the exit code of its action. */
export type CommandDefinition = (program: Command, done: (code: number) => void) => void;

/** Command lines behind the options in a command's help. */
export const examples = (...lines: readonly string[]): string => `\nExamples:\n${lines.map((one) => `  ${one}`).join('\n')}`;

/** Sentences there. */
export const note = (text: string): string => `\n${wrapped(text, WIDTH).join('\n')}`;

/** Names there, and what they mean. */
export const listing = (title: string, rows: readonly { readonly name: string; readonly description: string }[]): string =>
  `\n${title}:\n${table(rows.map(({ name, description }) => [name, description]))}`;
