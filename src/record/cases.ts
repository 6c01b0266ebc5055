// Cases to be recorded: sequences of steps, one JSON object a line, whose results nobody knows yet, or is to ask for again.

import { EntryCheck } from '../conform/check-entry.ts';
import { RecordingError, shown, type Place } from '../conform/errors.ts';
import { OPERATIONS } from '../conform/vocabulary.ts';
import type { Step, Value } from '../conform/recording.ts';

/** A sequence of steps by one process, on a fresh system. */
export interface Case {
  readonly id: string;
  /** Without `res`, or with what was answered before. */
  readonly steps: readonly Step[];
  /** `tags`, `note` and whatever else the line says. */
  readonly [more: string]: unknown;
}

/** Steps that one case may have, and cases that one file may have. */
const MOST_STEPS = 100_000, MOST_CASES = 1_000_000;

/** The cases of a text; throws a RecordingError that names `file`. */
export function readCases(text: string, file: string): Case[] {
  const lines = new Map<string, number>();
  const cases: Case[] = [];
  text.split('\n').forEach((content, i) => {
    if (content.trim() === '') return;
    const place = { file, line: i + 1 };
    const one = caseOf(parsed(content, place), place);
    const before = lines.get(one.id);
    if (before !== undefined) throw new RecordingError(place, 'id', `${shown(one.id)} is the id of the case on line ${before} already`);
    lines.set(one.id, place.line);
    if (cases.push(one) > MOST_CASES) throw new RecordingError(place, '', `a file has at most ${MOST_CASES} cases`);
  });
  if (cases.length === 0) throw new RecordingError({ file, line: 1 }, '', 'there is no case in it; a case is one line of JSON, { "id", "steps" }');
  return cases;
}

function parsed(content: string, place: Place): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new RecordingError(place, '', `is not JSON: ${(error as Error).message}`);
  }
}

function caseOf(value: unknown, place: Place): Case {
  const check = new EntryCheck(place);
  const entry = check.fields(value, 'the case');
  const id = check.text(entry['id'], 'id');
  const steps = check.list(entry['steps'], 'steps');
  if (steps.length > MOST_STEPS) check.wrong('steps', `are ${steps.length}; a case has at most ${MOST_STEPS}`);
  const races = entry['loop'] !== undefined || steps.some((one) => typeof one === 'object' && one !== null && 'any_of' in one);
  if (races) check.wrong('', `${shown(id)} is a race, not a sequence: what it answers depends on timing, and it is not replayed`);
  check.steps(steps, 'steps', 'none');
  (steps as readonly Step[]).forEach((step, i) => {
    checkWords(step.args, `steps[${i}].args`, check);
    checkFiles(step, `steps[${i}].args`, check);
  });
  return entry as unknown as Case;
}

/** Numbers from 0 up would be files of the recorder's own. */
function checkFiles({ op, args }: Step, field: string, check: EntryCheck): void {
  for (const [name, kind] of Object.entries(OPERATIONS[op]!.args)) {
    const value = args[name];
    if (kind.replace('?', '') === 'fd' && typeof value === 'number' && value >= 0) check.wrong(`${field}.${name}`, `is the name of a handle, or a negative number, not ${value}: that would be a file of the recorder's own`);
    if (kind === 'step') checkFiles(value as unknown as Step, `${field}.${name}.args`, check);
  }
}

/** Texts go to the recorder's program as words of a line. */
function checkWords(value: Value, field: string, check: EntryCheck): void {
  if (typeof value === 'object' && value !== null) for (const [name, one] of Object.entries(value)) checkWords(one as Value, Array.isArray(value) ? `${field}[${name}]` : `${field}.${name}`, check);
  else if (typeof value === 'string' && !/^-?[A-Za-z0-9_]{1,31}(\+[0-9]+)?$/.test(value)) check.wrong(field, `is a word of the recorder, letters and digits, not ${shown(value)}`);
}
