// All commands, in the order in which help lists them. A command is one file and one row here.

import type { CommandDefinition } from './command.ts';
import { bugs } from './bugs.ts';
import { check } from './check.ts';
import { diff } from './diff.ts';
import { compare } from './compare.ts';
import { conform } from './conform.ts';
import { explain } from './explain.ts';
import { explore } from './explore.ts';
import { exportTrace } from './export.ts';
import { hunt } from './hunt.ts';
import { list } from './list.ts';
import { merge } from './merge.ts';
import { mutants } from './mutants.ts';
import { newFile } from './new.ts';
import { record } from './record.ts';
import { replay } from './replay.ts';
import { run } from './run.ts';
import { show } from './show.ts';
import { shrink } from './shrink.ts';
import { why } from './why.ts';

export const commands: readonly CommandDefinition[] = [run, explore, merge, hunt, compare, conform, record, mutants, bugs, replay, show, why, diff, shrink, exportTrace, check, newFile, list, explain];
