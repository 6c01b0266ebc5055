// The recorded kernel traces, as they are and edited.

import { mainline } from '../../machines/kernels/mainline.ts';
import { judgeTrace, type JudgedTrace } from '../../src/conform/ftrace/judge.ts';
import { loadEntries, loadText } from '../../src/conform/load.ts';
import { machineNamed } from '../../src/conform/machines.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import type { Recording } from '../../src/conform/recording.ts';

export type Form = 'fgraph' | 'events';

/** Folder of the traces, from the project's root. */
export const FOLDER = 'test/conformance/ftrace';
/** Names of the traced cases. */
export const CASES = [
  'close-while-bound', 'conv-punch-while-private', 'conv-roundtrip', 'hc-map-private', 'hwp-private-mapped', 'spin-convert', 'spin-delete-slot',
  'spin-punch', 'two-spin-convert', 'two-vcpus',
] as const;

const MACHINE = machineNamed('7.3.4')!;

export const fileOf = (name: string, form: Form): string => `${FOLDER}/${name}.${form}.txt.gz`;
export const stepsOf = (name: string): string => `${FOLDER}/${name}.steps.jsonl.gz`;
export const textOf = (name: string, form: Form): string => loadText(fileOf(name, form));
export const recordingOf = (name: string): Recording => loadEntries(stepsOf(name)).entries[0]! as Recording;

/** Judges the text of a trace of a case. */
export const judged = (name: string, text: string, kernel: Kernel = mainline): JudgedTrace =>
  judgeTrace(`${name}.txt`, text, kernel, recordingOf(name), MACHINE, loadText(`${FOLDER}/functions.txt`));

/** Lines of a trace that are edited by their text. */
export class Lines {
  readonly list: string[];

  constructor(text: string) {
    this.list = text.split('\n');
  }

  get text(): string {
    return this.list.join('\n');
  }

  /** Index of the next line behind `from` with this text in it; throws when there is none. */
  next(part: string | RegExp, from = -1): number {
    const at = this.list.findIndex((line, i) => i > from && (typeof part === 'string' ? line.includes(part) : part.test(line)));
    if (at < 0) throw new Error(`no line with ${String(part)}`);
    return at;
  }

  /** Line number of an index. */
  static number(at: number): number {
    return at + 1;
  }

  remove(at: number, count = 1): void {
    this.list.splice(at, count);
  }

  move(from: number, to: number): void {
    const [line] = this.list.splice(from, 1);
    this.list.splice(to, 0, line!);
  }

  replace(at: number, part: string | RegExp, by: string): void {
    const line = this.list[at]!.replace(part, by);
    if (line === this.list[at]) throw new Error(`line ${at + 1} has no ${String(part)}`);
    this.list[at] = line;
  }
}
