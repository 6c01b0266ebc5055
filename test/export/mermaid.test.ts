// Sequence diagrams, read line by line and held against the archive's messages and changes.

import { describe, expect, test } from 'vitest';
import { mermaid, MOST_LINES } from '../../src/export/mermaid.ts';
import { label } from '../../src/export/mermaid-text.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { invariants } from '../../src/check/invariants/index.ts';
import { archived, exported } from '../support/exported.ts';
import { diagramType } from '../support/mermaid-parser.ts';
import { ENDLESS, M02, record, SC01 } from '../support/recorded.ts';

interface Shown { readonly step: number; readonly kind: 'message' | 'note'; readonly from: string; readonly to: string; readonly text: string }
interface Diagram { readonly title: string; readonly actors: string[]; readonly shown: Shown[]; readonly finding: string | undefined }

const PARTICIPANT = /^ {2}participant (?<id>p\d+) as (?<name>[^;#]+)$/;
const ARROW = /^ {2}(?<from>p\d+)(?:->>|-->>)(?<to>p\d+): (?<text>[^;\n]*(?:#\d+;[^;\n]*)*)$/;
const NOTE = /^ {2}Note over (?<from>p\d+): (?<text>[^;\n]*(?:#\d+;[^;\n]*)*)$/;

/** Throws on a line of another form, and where somebody speaks who was not introduced. */
function readDiagram(text: string): Diagram {
  const [first, comment, title, ...rest] = text.trimEnd().split('\n');
  expect(first).toBe('sequenceDiagram');
  expect(comment).toMatch(/^ {2}%% /);
  expect(title).toMatch(/^ {2}title /);
  const actors = new Map<string, string>();
  const shown: Shown[] = [];
  let finding: string | undefined;
  for (const line of rest) {
    const groups = (PARTICIPANT.exec(line) ?? ARROW.exec(line) ?? NOTE.exec(line))?.groups;
    if (groups === undefined) throw new Error(`no line of a sequence diagram: ${line}`);
    const { id, name, from, to, text: told } = groups;
    if (id !== undefined) {
      actors.set(id, name!);
      continue;
    }
    for (const one of [from!, to ?? from!]) if (!actors.has(one)) throw new Error(`who is ${one}? ${line}`);
    if (to === undefined && !/^\d+ /.test(told!)) finding = told!;
    else shown.push({ step: Number.parseInt(told!, 10), kind: to === undefined ? 'note' : 'message', from: actors.get(from!)!, to: actors.get(to ?? from!)!, text: told! });
  }
  return { title: title!, actors: [...actors.values()], shown, finding };
}

describe('a run that is short', () => {
  test('is shown whole: every message of the archive, in order', async () => {
    const recorded = await record();
    const { shown, title, finding } = readDiagram(exported(mermaid, recorded, SC01, 1, 40));
    const steps = archived(recorded).slice(0, 40);
    expect(shown.filter(({ kind }) => kind === 'message').map(({ step, from, to }) => ({ step, from, to }))).toEqual(steps.flatMap(({ messages }) => messages.map(({ step, from, to }) => ({ step, from, to }))));
    expect(title).toBe('  title SC01, v6.8: steps 1 to 40');
    expect(finding).toBeUndefined();
  });

  test('has a note where a step changes what others see, or answers something else than ok', async () => {
    const recorded = await record();
    const { shown } = readDiagram(exported(mermaid, recorded, SC01, 1, 40));
    const told = archived(recorded).slice(0, 40).filter(({ messages, outcome, writes }) =>
      messages.length === 0 && (outcome !== 'ok' || writes.some(({ object, old, value }) => object !== 'frame' && object !== 'mailbox' && old !== value)));
    expect(shown.filter(({ kind }) => kind === 'note').map(({ step, from }) => ({ step, from }))).toEqual(told.map(({ step, actor }) => ({ step, from: actor })));
    expect(told.length).toBeGreaterThan(10);
  });
});

test('a change names its object; a word that has names says the one that it has now, others go from one number to the next', async () => {
  const sc22 = builtinScenario('SC22')!;
  const text = exported(mermaid, await record(sc22, { seed: 3 }), sc22);
  expect(text).toMatch(/: \d+ mf\.lockFolio: folio_lock\(pfn 1\)\.owner = hw\.mf\n/);
  expect(text).toMatch(/: \d+ mf\.getPage: folio_ref\(pfn 1\)\.refcount 1 → 2\n/);
  expect(text).toMatch(/->>p\d: \d+ memory_failure \(pfn 1\)\n/);
  expect(text.split('\n')[1]).toMatch(/^ {2}%% kernel v6\.8, steps 1 to 22, deadlock: nobody can go on$/);
});

test('of a long run the last messages and changes are shown, and it says so', async () => {
  const recorded = await record(ENDLESS, { limits: { steps: 2000 } });
  const { shown, title, actors } = readDiagram(exported(mermaid, recorded, ENDLESS));
  expect(shown).toHaveLength(MOST_LINES);
  expect(title).toMatch(new RegExp(`: last ${MOST_LINES} of \\d+ messages and changes, steps ${shown[0]!.step} to 2000$`));
  expect(actors).toEqual(['vcpu0', 'cpu0', 'main', 'main.gmem'].filter((name) => actors.includes(name)));
  expect(exported(mermaid, recorded, ENDLESS).length).toBeLessThan(50_000);
});

test('the finding stands at the end, at who made it', async () => {
  const recorded = await record(ENDLESS, { kernel: M02, invariants, limits: { steps: 100_000 } });
  const { violation } = recorded.footer;
  const { finding, shown } = readDiagram(exported(mermaid, recorded, ENDLESS));
  expect(finding).toBe(label(`${violation!.id}: ${violation!.sentence}`));
  expect(shown.at(-1)!.step).toBeLessThanOrEqual(recorded.footer.steps);
});

test("Mermaid's own parser takes them, whatever names and findings say", async () => {
  const wild = { ...SC01, name: 'end' };
  const recorded = await record(ENDLESS, { kernel: M02, invariants, limits: { steps: 100_000 } });
  for (const text of [exported(mermaid, await record(wild), wild), exported(mermaid, recorded, ENDLESS)]) expect(await diagramType(text)).toBe('sequence');
  const { violation } = recorded.footer;
  const odd = { ...recorded, footer: { ...recorded.footer, violation: { ...violation!, sentence: 'a; b %% c\nend "e" <f> #d: {g} ->> h' } } };
  expect(await diagramType(exported(mermaid, odd, ENDLESS))).toBe('sequence');
  await expect(diagramType('sequenceDiagram\n  p0->>\n')).rejects.toThrow('Parse error');
});

test('text cannot end a statement, begin markup or another line', () => {
  expect(label('a; b %% c\n#d "e" <f>')).toBe('a#59; b #37;#37; c #35;d #34;e#34; #60;f#62;');
});
