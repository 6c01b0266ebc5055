// The causes of a word as text: a short indented list, the youngest step in front.

import type { Place } from '../runtime/describe.ts';
import type { Cause, Causes, WordValue } from '../runtime/causes.ts';
import { counted, grouped, WIDTH, wrapped } from './output.ts';

/** Words that a step has read, of which at most so many are listed. */
const MOST = 12;

/** A word by its name: `spte(vm 0, root 0, gfn 5).pfn`. */
export function wordName({ object, at, field, element }: Place): string {
  const indices = Object.entries(at).map(([dimension, index]) => (typeof index === 'string' && !index.startsWith('0x') ? index : `${dimension} ${index}`));
  return `${object}${indices.length === 0 ? '' : `(${indices.join(', ')})`}.${field}${element === undefined ? '' : `[${element}]`}`;
}

/** A value, and what it means. */
export const valueText = (value: number, text?: string): string => (text === undefined ? String(value) : `${value} (${text})`);

const valued = (word: WordValue): string => `${wordName(word)} = ${valueText(word.value, word.text)}`;

/** Lines of a text beside an indent; what does not fit goes on deeper. */
function lines(indent: string, text: string): string[] {
  const [first, ...rest] = wrapped(text, WIDTH - indent.length);
  if (rest.length === 0) return [`${indent}${first!}`];
  return [`${indent}${first!}`, ...wrapped(rest.join(' '), WIDTH - indent.length - 4).map((one) => `${indent}    ${one}`)];
}

function causeLines({ step, actor, name, outcome, description, state, wrote, reads }: Cause, indent: string): string[] {
  const result = [
    ...lines(indent, `step ${grouped(step)}: ${actor}, ${name}${outcome === 'ok' ? '' : `: ${outcome}`}`),
    ...lines(`${indent}  `, `in state ${state}: ${description}`),
    ...wrote.flatMap((word) => lines(`${indent}  `, `wrote ${wordName(word)}: ${valueText(word.old, word.oldText)} -> ${valueText(word.value, word.text)}`)),
  ];
  const written = reads.filter(({ writtenBy }) => writtenBy > 0);
  for (const read of written.slice(0, MOST)) {
    result.push(...lines(`${indent}  `, `read ${valued(read)}${read.cause === undefined ? `, of step ${grouped(read.writtenBy)}` : ':'}`));
    if (read.cause !== undefined) result.push(...causeLines(read.cause, `${indent}    `));
  }
  const before = reads.filter(({ writtenBy }) => writtenBy === 0);
  if (before.length > 0) result.push(...lines(`${indent}  `, `read, from before the first step: ${before.slice(0, MOST).map(valued).join(', ')}`));
  const left = Math.max(0, written.length - MOST) + Math.max(0, before.length - MOST);
  if (left > 0) result.push(`${indent}  read ${counted(left, 'word')} more, which --json lists`);
  return result;
}

/** The whole answer. */
export function causesText({ name, at, values, cause }: Causes): string[] {
  const where = `behind step ${grouped(at)}`;
  const is = values.length === 1 ? [`${name} is ${valueText(values[0]!.value, values[0]!.text)} ${where}.`]
    : [`${name} ${where}:`, ...values.map((word) => `  ${word.field}${word.element === undefined ? '' : `[${word.element}]`} = ${valueText(word.value, word.text)}`)];
  if (cause === undefined) return [...is, '', `No step has written ${values.length === 1 ? 'it' : 'any of it'}: it is as the set-up has left it.`];
  return [...is, '', ...causeLines(cause, '')];
}
