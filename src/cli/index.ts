// All commands, in the order in which help lists them. A command is one file and one row here.

import type { CommandDefinition } from './command.ts';
import { explain } from './explain.ts';
import { exportTrace } from './export.ts';
import { list } from './list.ts';
import { replay } from './replay.ts';
import { run } from './run.ts';
import { show } from './show.ts';

export const commands: readonly CommandDefinition[] = [run, replay, show, exportTrace, list, explain];
