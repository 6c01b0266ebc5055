// Machines as other tools have them, read back: in every format each leaf leads, by each of its outcomes, where the kernel's table says.

import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { createMachine, transition, type AnyStateMachine } from 'xstate';
import { mainline } from '../../machines/kernels/mainline.ts';
import { dot } from '../../src/export/machines/dot.ts';
import { machineFormats } from '../../src/export/machines/index.ts';
import type { Layouts } from '../../src/export/machines/layout.ts';
import { stateDiagram } from '../../src/export/machines/state-diagram.ts';
import { xstate } from '../../src/export/machines/xstate.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import type { LeafInfo } from '../../src/kernel/table.ts';
import { outcome } from '../../src/memory/outcome.ts';
import { v6_8 } from '../support/recorded.ts';
import { diagramType } from '../support/mermaid-parser.ts';

const leavesOf = (kernel: Kernel, machine: string): LeafInfo[] => kernel.table.leaves.filter((leaf) => leaf.machine === machine);
/** From the table: `leaf outcome -> leaf`, all of a machine. */
const tabulated = (kernel: Kernel, machine: string): string[] => leavesOf(kernel, machine).flatMap((leaf) => leaf.outcomes.map((name) => {
  const next = kernel.table.next[leaf.number * kernel.table.width + outcome(name)]!;
  return `${leaf.path} ${name} -> ${kernel.table.leaves[next]!.path}`;
})).toSorted();

/** These formats draw nothing. */
const none: Layouts = new Map();

const cases = [v6_8, mainline].flatMap((kernel) => kernel.machines.map((spec) => ({ name: `${kernel.name} ${spec.machine}`, kernel, spec })));

/** A value of XState from a path. */
const valueOf = (path: string): string | object => path.split('.').reduceRight<string | object | undefined>((inner, key) => (inner === undefined ? key : { [key]: inner }), undefined)!;
function pathOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[key, inner]] = Object.entries(value as object) as [[string, unknown]];
  return `${key}.${pathOf(inner)}`;
}

/** Every state of XState's. */
function* nodesOf(node: AnyStateMachine['root']): Generator<AnyStateMachine['root']> {
  yield node;
  for (const one of Object.values(node.states)) yield* nodesOf(one as AnyStateMachine['root']);
}

describe('XState', () => {
  test.each(cases)('loads $name: the same leaves and transitions', ({ kernel, spec }) => {
    const machine = createMachine(JSON.parse(xstate.text(kernel, spec, none)) as never) as AnyStateMachine;
    const found: string[] = [];
    const steps: string[] = [];
    for (const node of nodesOf(machine.root)) {
      const { step } = (node.meta ?? {}) as { step?: string };
      if (step === undefined) continue;
      const path = node.path.join('.');
      steps.push(`${path} ${step}`);
      const from = machine.resolveState({ value: valueOf(path) } as never);
      for (const type of Object.keys(node.config.on ?? {})) found.push(`${path} ${type} -> ${pathOf(transition(machine, from, { type } as never)[0].value)}`);
    }
    const reached = new Set(leavesOf(kernel, spec.machine).map(({ path }) => path));
    expect(found.filter((one) => reached.has(one.split(' ')[0]!)).toSorted()).toEqual(tabulated(kernel, spec.machine));
    expect(steps.toSorted()).toEqual(expect.arrayContaining(leavesOf(kernel, spec.machine).filter(({ final }) => !final).map(({ path, step }) => `${path} ${step}`)));
  });
});

/** What a drawing says: where each state begins, which edges leave it, which state it lies in. */
interface Drawing { readonly states: Set<string>; readonly initial: Map<string, string>; readonly edges: Map<string, Map<string, string>>; readonly parent: Map<string, string>; readonly ends: Set<string> }
const newDrawing = (): Drawing => ({ states: new Set(), initial: new Map(), edges: new Map(), parent: new Map(), ends: new Set() });
function addEdge({ edges }: Drawing, from: string, label: string, to: string): void {
  const all = edges.get(from) ?? new Map<string, string>();
  if (all.has(label)) throw new Error(`two edges '${label}' from ${from}`);
  edges.set(from, all.set(label, to));
}

const DIAGRAM = [
  /^stateDiagram-v2$/, /^ *%% .*$/, /^(?<pad> *)state "(?<title>[^"]*)" as (?<open>\w+)(?<compound> \{)?$/, /^ *\}$/,
  /^(?<pad> *)\[\*\] --> (?<initial>\w+)$/, /^ *(?<ended>\w+) --> \[\*\]$/, /^ *(?<from>\w+) --> (?<to>\w+) : (?<label>[^:;]+)$/,
];

/** Reads a diagram of Mermaid line by line; throws on a line of another form. Identifiers are paths with `__` for dots. */
function readDiagram(text: string): Drawing {
  const drawing = newDrawing();
  const around: string[] = [];
  for (const line of text.trimEnd().split('\n')) {
    const match = DIAGRAM.map((form) => form.exec(line)).find((one) => one !== null);
    if (match === undefined) throw new Error(`no line of a state diagram: ${line}`);
    const { open, compound, initial, ended, from, to, label } = match.groups ?? {};
    if (open !== undefined) {
      drawing.states.add(open);
      if (around.length > 0) drawing.parent.set(open, around.at(-1)!);
      if (compound !== undefined) around.push(open);
    } else if (/^ *\}$/.test(line)) around.pop();
    else if (initial !== undefined) drawing.initial.set(around.at(-1) ?? '', initial);
    else if (ended !== undefined) drawing.ends.add(ended);
    else if (from !== undefined) addEdge(drawing, from, label!, to!);
  }
  if (around.length > 0) throw new Error(`never closed: ${around.join(' ')}`);
  return drawing;
}

/** The leaf at which one arrives: into compound states by their beginning, out of those that have ended by `done`. */
function arrive(drawing: Drawing, state: string): string {
  const inside = drawing.initial.get(state);
  if (inside !== undefined) return arrive(drawing, inside);
  const outer = drawing.parent.get(state);
  return drawing.ends.has(state) && outer !== undefined ? arrive(drawing, drawing.edges.get(outer)!.get('done')!) : state;
}

describe('Mermaid', () => {
  test.each(cases)('draws $name as the table has it', ({ kernel, spec }) => {
    const drawing = readDiagram(stateDiagram.text(kernel, spec, none));
    const path = (id: string): string => id.slice(2).replaceAll('__', '.');
    const found = [...drawing.edges].filter(([from]) => !drawing.initial.has(from))
      .flatMap(([from, edges]) => [...edges].map(([label, to]) => `${path(from)} ${label} -> ${path(arrive(drawing, to))}`));
    const reached = new Set(leavesOf(kernel, spec.machine).map((leaf) => leaf.path));
    expect(found.filter((one) => reached.has(one.split(' ')[0]!)).map((one) => one.replaceAll('-', '_')).toSorted())
      .toEqual(tabulated(kernel, spec.machine).map((one) => one.replaceAll('-', '_')).toSorted());
    for (const [from, edges] of drawing.edges) for (const state of [from, ...edges.values()]) expect(drawing.states).toContain(state);
  });
});

const EDGE = /^ {2}"(?<from>[^"]*)" -> "(?<to>[^"]*)" \[label="(?<label>[^"]*)"(?:, ltail="cluster_(?<tail>[^"]*)")?(?:, lhead="cluster_(?<head>[^"]*)")?\];$/gm;
const graphviz = spawnSync('dot', ['-V']).status === 0;

describe('Graphviz', () => {
  test.each(cases)('is given $name as the table has it', ({ kernel, spec }) => {
    const edges = [...dot.text(kernel, spec, none).matchAll(EDGE)].map(({ groups }) => groups as { from: string; to: string; label: string });
    const behind = new Map(edges.filter(({ from, label }) => label === 'done' && from.endsWith('.done')).map(({ from, to }) => [from, to]));
    const at = (leaf: string): string => (behind.has(leaf) ? at(behind.get(leaf)!) : leaf);
    const found = edges.filter(({ from }) => !behind.has(from)).map(({ from, to, label }) => `${from} ${label} -> ${at(to)}`);
    const reached = new Set(leavesOf(kernel, spec.machine).map((leaf) => leaf.path));
    expect(found.filter((one) => reached.has(one.split(' ')[0]!)).toSorted()).toEqual(tabulated(kernel, spec.machine));
  });

  test.skipIf(!graphviz)(`draws the vCPU and the file${graphviz ? '' : ' (skipped: there is no dot here)'}`, () => {
    for (const machine of ['vcpu', 'gmem']) {
      const text = dot.text(v6_8, v6_8.machines.find((one) => one.machine === machine)!, none);
      const { status, stdout, stderr } = spawnSync('dot', ['-Tsvg'], { input: text, encoding: 'utf8' });
      expect({ status, stderr: stderr.replaceAll(/^.*(?:fontconfig|Fontconfig).*\n/gm, '') }).toEqual({ status: 0, stderr: '' });
      expect([...stdout.matchAll(/<g id="edge\d+"/g)]).toHaveLength([...text.matchAll(/ -> /g)].length);
      for (const { path } of leavesOf(v6_8, machine)) expect(stdout).toContain(`<title>${path}</title>`);
    }
  });
});

test("Mermaid's own parser takes the machines; of those of system calls, which take it seconds, the smallest", async () => {
  const texts = v6_8.machines.map((spec) => machineFormats.find(({ name }) => name === 'mermaid')!.text(v6_8, spec, none)).filter((text) => text.length < 100_000);
  expect(texts.length).toBeGreaterThan(v6_8.machines.length - 3);
  for (const text of texts) expect(await diagramType(text)).toBe('stateDiagram');
  await expect(diagramType('stateDiagram-v2\n  state "a as b\n  a --> \n')).rejects.toThrow('Parse error');
});

test('a small one, in full', () => {
  const spec = v6_8.machines.find(({ machine }) => machine === 'injector')!;
  expect([stateDiagram, dot].map((format) => format.text(v6_8, spec, none)).join('\n')).toMatchInlineSnapshot(`
    "stateDiagram-v2
      %% injector of kernel v6.8: memory errors, interrupts, signals, pins, failing allocations
      state "next: hw.next" as s_next
      state "handled: hw.receiveReply" as s_handled
      state "drain: hw.lruDrain" as s_drain
      state "ended" as s_ended
      [*] --> s_next
      s_next --> s_next : ok
      s_next --> s_handled : sent
      s_next --> s_drain : drain
      s_next --> s_ended : end
      s_handled --> s_next : ok
      s_handled --> s_next : unexpected
      s_drain --> s_next : ok
      s_ended --> [*]

    digraph "injector" {
      label="injector, kernel v6.8"; tooltip="memory errors, interrupts, signals, pins, failing allocations"; compound=true; rankdir=TB;
      node [shape=box, style=rounded, fontname="sans-serif", fontsize=11]; edge [fontname="sans-serif", fontsize=10]; fontname="sans-serif";
      "" [shape=point];
      "next" [label="next\\nhw.next", tooltip="the next event"];
      "handled" [label="handled\\nhw.receiveReply", tooltip="memory_failure is under way"];
      "drain" [label="drain\\nhw.lruDrain", tooltip="lru_add_drain_all"];
      "ended" [shape=doublecircle, label="", tooltip=""];
      "" -> "next";
      "next" -> "next" [label="ok"];
      "next" -> "handled" [label="sent"];
      "next" -> "drain" [label="drain"];
      "next" -> "ended" [label="end"];
      "handled" -> "next" [label="ok"];
      "handled" -> "next" [label="unexpected"];
      "drain" -> "next" [label="ok"];
    }
    "
  `);
});
