// The text of a test that replays a finding's schedule by the public API: to be pasted into a file of a person's own.

import type { Scenario } from '../scenario/types.ts';
import { isEdge } from './keys.ts';
import type { Broken } from './broken.ts';
import type { NamedSchedule } from './named-schedule.ts';

export interface PastedTestOptions {
  readonly broken: Pick<Broken, 'kind' | 'id' | 'key'>;
  readonly schedule: NamedSchedule;
  /** Livelock: steps in front of the loop. */
  readonly loop?: number | undefined;
  /** A built-in scenario by its name, or all of it. */
  readonly scenario: string | Scenario;
  /** Name of a built-in kernel, or of the file that has it as its default export, as the test is to import it. */
  readonly kernel: string | { readonly from: string };
}

const WIDTH = 78;
const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;

/** A value as code, broken into lines where it is too wide. */
function code(value: unknown, indent: string, front: number): string {
  const flat = flatCode(value);
  if (indent.length + front + flat.length <= WIDTH || typeof value !== 'object' || value === null) return flat;
  const deeper = `${indent}  `;
  if (Array.isArray(value)) return `[\n${value.map((one) => `${deeper}${code(one, deeper, 1)},\n`).join('')}${indent}]`;
  const members = Object.entries(value).filter(([, one]) => one !== undefined);
  return `{\n${members.map(([name, one]) => `${deeper}${key(name)}: ${code(one, deeper, key(name).length + 3)},\n`).join('')}${indent}}`;
}

const key = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name));

function flatCode(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return `[${value.map(flatCode).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{ ${Object.entries(value).filter(([, one]) => one !== undefined).map(([name, one]) => `${key(name)}: ${flatCode(one)}`).join(', ')} }`;
}

/** Entries of a schedule, as many in a line as fit. */
function scheduleLines(schedule: NamedSchedule): string[] {
  const lines: string[] = [];
  let line = '   ';
  for (const entry of schedule) {
    const text = ` ${flatCode(entry)},`;
    if (line.trim() !== '' && line.length + text.length > WIDTH) {
      lines.push(line);
      line = '   ';
    }
    line += text;
  }
  return line.trim() === '' ? lines : [...lines, line];
}

/** What tells the finding: a leak is a broken invariant to who replays it, and which property a loop breaks is not to be seen in it. */
function expected({ kind, id }: PastedTestOptions['broken']): string {
  if (kind === 'safety' || kind === 'leak') return `id: ${quoted(id)}`;
  return kind === 'deadlock' ? `kind: 'deadlock', id: ${quoted(id)}` : `kind: ${quoted(kind)}`;
}

/** A vitest test in TypeScript. What makes sentences longer, `title` and `shows`, is left out of the scenario. */
export function pastedTest({ broken, schedule, loop, scenario, kernel }: PastedTestOptions): string {
  const name = typeof scenario === 'string' ? scenario : scenario.name;
  const { title: _title, shows: _shows, about: _about, ...plain } = typeof scenario === 'string' ? { title: '' } as Partial<Scenario> : scenario;
  const edge = isEdge(broken.key);
  const inline = typeof scenario !== 'string';
  const on = typeof kernel === 'string' ? kernel : kernel.from;
  return [
    "import { expect, test } from 'vitest';",
    "import { replaySchedule } from 'faultline';",
    ...(typeof kernel === 'string' ? [] : [`import kernel from ${quoted(kernel.from)};`]),
    '',
    ...(inline ? [`const scenario = ${code(plain, '', 'const scenario = '.length)} as const;`, ''] : []),
    `test(${quoted(`${name} ${edge ? 'shows' : 'breaks'} ${edge ? broken.key : broken.id} on ${on}`)}, () => {`,
    `  const { ${edge ? 'lockOrder' : 'broken'} } = replaySchedule(${inline ? 'scenario' : quoted(name)}, ${typeof kernel === 'string' ? quoted(kernel) : 'kernel'}, [`,
    ...scheduleLines(schedule),
    loop === undefined ? '  ]);' : `  ], { loop: ${loop} });`,
    ...(edge ? [`  expect(lockOrder).toContain(${quoted(broken.key)});`] : ['  expect(broken).toContainEqual(expect.objectContaining({', `    ${expected(broken)},`, '  }));']),
    '});',
    '',
  ].join('\n');
}
