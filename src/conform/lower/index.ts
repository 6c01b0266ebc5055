// All operations that are carried out, a row each: what it comes to in the model's own calls and instructions.

import type { Row } from '../context.ts';
import { files } from './files.ts';
import { inChild } from './child.ts';
import { atOnce } from './concurrent.ts';
import { failure } from './failure.ts';
import { guest } from './guest.ts';
import { memory } from './memory.ts';
import { numa } from './numa.ts';
import { pins } from './pins.ts';
import { vm } from './vm.ts';

const own: Readonly<Record<string, Row>> = { ...files, ...vm, ...memory, ...guest, ...failure, ...numa, ...pins(memory['host_read']!) };

export const rows: Readonly<Record<string, Row>> = { ...own, child: inChild(own), concurrent: atOnce(own) };
