// What conform says for people.

import type { Difference, Summary } from '../conform/summary.ts';
import { COMMAND, counted, grouped, labelled, labelledCommand, shellWord } from './output.ts';

/** What was judged, on what. */
export interface Head {
  readonly file: string;
  readonly kernel: string;
  readonly machine: string | undefined;
  readonly id?: string;
  readonly trace?: string;
}

export interface Report extends Head { readonly summary: Summary }

/** A value in a line. */
export const text = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

/** Which kernel it is, and how built. */
export const modelLine = (kernel: string, machine: string | undefined): string =>
  labelled('model', `kernel ${kernel}${machine === undefined ? '' : machine.endsWith('.json') ? `, built as ${machine} says` : `, built as on machine ${machine}`}`);

/** Lines of one difference: where, what was expected and what came, and what decided it. */
export function differenceLines({ id, step, op, args, fields, decided }: Difference): string[] {
  return [
    labelled('differs', `${id}, step ${step + 1}: ${op} ${JSON.stringify(args)}`),
    ...fields.map(({ field, expected, got }) => labelled('', `${field}: the kernel ${text(expected)}, the model ${text(got)}`)),
    ...(decided === undefined ? [] : [labelled('', `decided by ${decided.actor} in ${decided.machine}: ${decided.path} (${decided.step}), outcome '${decided.outcome}'`)]),
  ];
}

/** All lines of the report. */
export function reportLines({ file, kernel, machine, id, trace, summary }: Report): string[] {
  const { cases, steps, equal, different, inapplicable, reasons, differences } = summary;
  const told = differences.filter(({ decided }) => decided !== undefined);
  const rest = differences.length - told.length;
  return [
    labelled('recorded', `${file}: ${counted(cases, 'case')}, ${counted(steps, 'step')}`),
    modelLine(kernel, machine),
    '',
    labelled('judged', `${counted(steps, 'step')}: ${grouped(equal)} equal, ${grouped(different)} different, ${grouped(inapplicable)} not applicable`),
    ...reasons.map(({ why, count }, i) => labelled(i === 0 ? 'left out' : '', `${grouped(count)}: ${why}`)),
    ...(different === 0 ? [] : ['']),
    ...(told.length > 0 ? told : differences).flatMap(differenceLines),
    ...(told.length > 0 && rest > 0 ? [labelled('', `and ${counted(rest, 'difference')} more; --all tells them, --json has them all`)] : []),
    '',
    labelled('result', different === 0 ? `nothing differs${inapplicable === 0 ? '' : ' of what was judged'}` : `${counted(different, 'step')} of ${grouped(steps - inapplicable)} differ`),
    ...(trace !== undefined ? [labelledCommand('next', `${COMMAND} show ${shellWord(trace)}`)]
      : different > 0 && id === undefined ? [labelledCommand('next', `${COMMAND} conform ${shellWord(file)} --kernel ${shellWord(kernel)} --id ${shellWord(differences[0]!.id)} --trace case.trace`)] : []),
  ];
}
