// Reads a file of recordings, of races or of facts: JSON lines, or a JSON array; checks it. The text is given, whoever has read it.

import { EntryCheck, isFields } from './check-entry.ts';
import { RecordingError, shown } from './errors.ts';
import type { Fact, Race, Recording } from './recording.ts';

/** Entries that one file may have: all of one form. */
export type Entries =
  | { readonly form: 'recordings'; readonly entries: readonly Recording[] }
  | { readonly form: 'races'; readonly entries: readonly Race[] }
  | { readonly form: 'facts'; readonly entries: readonly Fact[] };

/** Reads the text of `file`. Throws RecordingError with line, field and reason. */
export function readEntries(text: string, file: string): Entries {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const entries = /^\s*\[/.test(plain) ? fromArray(plain, file) : fromLines(plain, file);
  if (entries.length === 0) throw new RecordingError({ file, line: 1 }, '', 'there is no entry in it');
  const ids = new Map<string, number>();
  for (const { value, line } of entries) {
    const id = value['id'] as string;
    const before = ids.get(id);
    if (before !== undefined) throw new RecordingError({ file, line }, 'id', `${shown(id)} is the id of the entry on line ${before} already`);
    ids.set(id, line);
  }
  const form = entries[0]!.form;
  for (const one of entries) {
    if (one.form !== form) throw new RecordingError({ file, line: one.line }, '', `is one of the ${one.form}, the entries before it are ${form}; a file has entries of one form`);
  }
  return { form, entries: entries.map(({ value, line }) => Object.assign(value, { line })) } as unknown as Entries;
}

interface Checked { readonly form: Entries['form']; readonly value: Record<string, unknown>; readonly line: number }

function fromLines(text: string, file: string): Checked[] {
  const result: Checked[] = [];
  text.split('\n').forEach((one, i) => {
    if (one.trim() === '') return;
    const place = { file, line: i + 1 };
    let value: unknown;
    try {
      value = JSON.parse(one);
    } catch (error) {
      throw new RecordingError(place, '', `is not JSON${whereIn(error)}`);
    }
    result.push(checked(value, place.file, place.line));
  });
  return result;
}

/** The part of JSON.parse's message that says what is wrong, where it says so without quoting the text. */
function whereIn(error: unknown): string {
  const column = /position (\d+)/.exec((error as Error).message)?.[1];
  return column === undefined ? ': the text ends too early, or something in it is no value' : `: column ${Number(column) + 1}`;
}

function fromArray(text: string, file: string): Checked[] {
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch (error) {
    const at = Number(/position (\d+)/.exec((error as Error).message)?.[1] ?? text.length);
    throw new RecordingError({ file, line: lineOf(text, at) }, '', 'is not JSON');
  }
  const starts = startsOf(text);
  return (values as unknown[]).map((value, i) => checked(value, file, lineOf(text, starts[i] ?? 0)));
}

const lineOf = (text: string, at: number): number => {
  let line = 1;
  for (let k = text.indexOf('\n'); k >= 0 && k < at; k = text.indexOf('\n', k + 1)) line++;
  return line;
};

/** Where each member of the array begins. */
function startsOf(text: string): number[] {
  const result: number[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const one = text[at];
    if (one === '"') {
      for (at++; text[at] !== '"'; at++) if (text[at] === '\\') at++;
    } else if (one === '{' || one === '[') {
      if (depth === 1) result.push(at);
      depth++;
    } else if (one === '}' || one === ']') depth--;
  }
  return result;
}

/** Finds out which form an entry has, and checks it. */
function checked(value: unknown, file: string, line: number): Checked {
  const check = new EntryCheck({ file, line });
  if (!isFields(value)) return check.wrong('', `is an object, not ${shown(value)}`);
  check.text(value['id'], 'id');
  if (value['expect'] !== undefined || value['kernel_range'] !== undefined) {
    for (const name of ['source', 'kernel_range', 'status']) check.text(value[name], name);
    if (value['requires'] !== undefined) value['requires'] = [value['requires']].flat().map((one, i) => check.text(one, `requires[${i}]`));
    check.fields(value['expect'], 'expect');
    check.steps(value['steps'], 'steps', 'none');
    return { form: 'facts', value, line };
  }
  check.list(value['tags'] ?? [], 'tags').forEach((tag, i) => check.text(tag, `tags[${i}]`));
  value['tags'] ??= [];
  const isRace = value['loop'] !== undefined || value['joint'] !== undefined || value['runs'] !== undefined;
  check.steps(value['steps'], 'steps', isRace ? 'res or any_of' : 'res');
  if (!isRace) return { form: 'recordings', value, line };
  if (value['loop'] !== undefined) {
    const loop = check.fields(value['loop'], 'loop');
    check.list(loop['accesses'], 'loop.accesses').forEach((one, i) => check.arguments('guest_access', one, `loop.accesses[${i}]`));
    check.steps(loop['body'], 'loop.body', 'none');
    for (const [name, seen] of Object.entries(check.fields(value['seen'], 'seen'))) {
      check.list(seen, `seen.${name}`).forEach((one, i) => check.result(one, `seen.${name}[${i}]`));
    }
  }
  return { form: 'races', value, line };
}
