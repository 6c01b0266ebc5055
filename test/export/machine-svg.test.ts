// How fragments are laid out, and what is drawn of it: every state in the state that it lies in, every transition, nothing over anything else.

import elkModule from 'elkjs/lib/elk.bundled.js';
import { describe, expect, test } from 'vitest';
import { fragment, step, use, type Fragment } from '../../machines/fragment.ts';
import { kernels, weakKernels } from '../../machines/kernels/index.ts';
import { builtLayouts, chartLayouts } from '../../src/cli/chart-layouts.ts';
import { chartOf, statesOf } from '../../src/export/machines/chart.ts';
import { isDispatch } from '../../src/export/machines/dispatch.ts';
import { layoutFragments, type Elk as Layout } from '../../src/export/machines/elk.ts';
import { fragmentKeys } from '../../src/export/machines/fragment-key.ts';
import { SMALL, type FragmentLayout, type Rectangle } from '../../src/export/machines/layout.ts';
import { isLaidOut, linesOfTransition, sceneOf } from '../../src/export/machines/scene.ts';
import { layoutsFrom, storedFor } from '../../src/export/machines/stored-layouts.ts';
import { sceneSvg } from '../../src/export/machines/svg.ts';
import { deriveKernel, type Kernel } from '../../src/kernel/define.ts';
import { outcome } from '../../src/memory/outcome.ts';
import { v6_8 } from '../support/recorded.ts';

const all: readonly Kernel[] = [...kernels, ...weakKernels];
const layouts = builtLayouts();
const machine = (name: string): Kernel['machines'][number] => v6_8.machines.find((one) => one.machine === name)!;

const overlap = ([x, y, w, h]: Rectangle, [left, top, wide, high]: Rectangle): boolean => x < left + wide - 0.5 && left < x + w - 0.5 && y < top + high - 0.5 && top < y + h - 0.5;
const inside = ([x, y, w, h]: Rectangle, width: number, height: number): boolean => x >= 0 && y >= 0 && x + w <= width + 0.5 && y + h <= height + 0.5;
const onBorder = (x: number, y: number, [left, top, width, height]: Rectangle): boolean =>
  x > left - 1 && x < left + width + 1 && y > top - 1 && y < top + height + 1
  && (Math.abs(x - left) < 1 || Math.abs(x - left - width) < 1 || Math.abs(y - top) < 1 || Math.abs(y - top - height) < 1);

/** What is wrong with a layout, by name. */
function faults({ states, initial }: Fragment, { width, height, states: places, edges, exits, start }: FragmentLayout): string[] {
  const result: string[] = [];
  const boxes = Object.entries(places);
  if (boxes.map(([key]) => key).join() !== Object.keys(states).join()) result.push('not its states');
  boxes.forEach(([key, one], k) => {
    if (!inside(one, width, height)) result.push(`${key} is not inside`);
    for (const [other, two] of boxes.slice(k + 1)) if (overlap(one, two)) result.push(`${key} lies over ${other}`);
  });
  if (!onBorder(start.at(-2)!, start.at(-1)!, places[initial]!)) result.push('it does not begin at its first state');
  const dispatches = boxes.length > 8 && edges.some(({ text }) => text.some((one) => one.text.startsWith('→')));
  for (const { from, to, points, text, labels } of edges) {
    const name = `${from} ${labels.join()}`;
    if (!onBorder(points[0]!, points[1]!, places[from]!) && !dispatches) result.push(`${name} begins nowhere`);
    const exit = exits[to.slice(1)];
    const [x, y] = [points.at(-2)!, points.at(-1)!];
    if (to.startsWith('^') ? exit === undefined || Math.abs(exit[0] - x) > 1 || Math.abs(exit[1] - y) > 1 : !onBorder(x, y, places[to]!) && !dispatches) result.push(`${name} ends nowhere`);
    for (const one of text) {
      const place: Rectangle = [one.x, one.y - SMALL.size, one.text.length * SMALL.character, SMALL.size];
      if (!inside(place, width, height)) result.push(`'${one.text}' is not inside`);
      for (const [key, box] of boxes) if (overlap(place, box)) result.push(`'${one.text}' of ${name} lies over ${key}`);
    }
  }
  return result;
}

describe('the layouts that the build makes', () => {
  test('are of all machines of all kernels', () => {
    expect(all.flatMap((kernel) => kernel.machines.filter((spec) => !isLaidOut(kernel, spec, layouts)).map((spec) => `${kernel.name} ${spec.machine}`))).toEqual([]);
  });

  test('have every state inside and apart from others, arrows from border to border, words over no state', () => {
    const seen = new Set<string>();
    const wrong = all.flatMap(({ fragments }) => {
      const keyOf = fragmentKeys(fragments);
      return [...fragments.values()].flatMap((one) => {
        const layout = layouts.get(keyOf(one.name));
        if (layout === undefined || seen.has(keyOf(one.name))) return [];
        seen.add(keyOf(one.name));
        return faults(one, layout).map((fault) => `${one.name}: ${fault}`);
      });
    });
    expect(seen.size).toBe(layouts.size);
    expect(wrong).toEqual([]);
  });

  test('of one kernel are a part of the file, and enough for it', () => {
    const stored = storedFor([v6_8], { version: 'any', layouts: Object.fromEntries(layouts) });
    expect(Object.keys(stored.layouts).length).toBeLessThan(layouts.size);
    expect(v6_8.machines.filter((spec) => !isLaidOut(v6_8, spec, layoutsFrom(stored)))).toEqual([]);
  });
});

test("a person's own kernel is laid out when somebody wants to see it: its machine is not the file's, and then complete", async () => {
  const own = deriveKernel(v6_8, { name: 'own', fragments: { 'mmu.fault': (edit) => edit.remove('stale', 'map') } });
  const vcpu = own.machines.find((one) => one.machine === 'vcpu')!;
  expect(isLaidOut(own, vcpu, layouts)).toBe(false);
  const made = await chartLayouts(own, [vcpu]);
  expect(isLaidOut(own, vcpu, made)).toBe(true);
  expect(sceneOf(own, vcpu, made).boxes.some(({ path }) => path.endsWith('fault.stale'))).toBe(false);
  // What was not touched is where it was.
  const key = fragmentKeys(own.fragments)('gmem.getPfn');
  expect(made.get(key)).toEqual(layouts.get(key));
});

/** The package's types say that its default export is a module. */
const elk = new (elkModule as unknown as new () => { layout(graph: never): never })();
/** ELK, and how often it was asked. */
function counting(): { readonly run: Layout; asked: number } {
  const count = { asked: 0, run: ((graph) => { count.asked++; return elk.layout(graph as never) as never; }) as Layout };
  return count;
}

const inner = fragment('inner', 'a part', { look: step('x.look', 'looks', { ok: '^done', gone: '^error' }) });
const outer = fragment('outer', 'the whole', {
  first: step('x.first', 'the first', { ok: 'part', other: 'part', no: 'last' }), part: use('inner', { done: 'last', error: 'first' }), last: { type: 'final' },
});
const other = fragment('other', 'has nothing to do with it', { only: step('x.only', 'waits', { ok: 'only' }, { idle: true }) });
const fragments = new Map([inner, outer, other].map((one) => [one.name, one]));

describe('a layout', () => {
  test('is made once; what has changed is made again, and what it lies in', async () => {
    const first = counting();
    const made = await layoutFragments(first.run, fragments, ['outer', 'other'], new Map());
    expect([made.size, first.asked]).toEqual([3, 3]);
    const second = counting();
    expect(await layoutFragments(second.run, fragments, ['outer', 'other'], made)).toEqual(made);
    expect(second.asked).toBe(0);
    const changed = new Map([...fragments, ['inner', { ...inner, description: 'another part' }]]);
    const third = counting();
    await layoutFragments(third.run, changed, ['outer', 'other'], made);
    expect(third.asked).toBe(2);
  });

  test('is made without wrapping and compaction when ELK fails with them', async () => {
    const tries: string[] = [];
    const failing: Layout = (graph) => {
      const options = graph.children![0]!.layoutOptions!;
      tries.push(`${options['elk.layered.wrapping.strategy'] ?? ''} ${options['elk.layered.compaction.postCompaction.strategy'] ?? ''}`.trim());
      return tries.length < 4 ? Promise.reject(new Error('no')) : elk.layout(graph as never) as never;
    };
    expect((await layoutFragments(failing, fragments, ['other'], new Map())).size).toBe(1);
    expect(tries).toEqual(['EDGE_LENGTH', 'MULTI_EDGE EDGE_LENGTH', 'MULTI_EDGE', '']);
    await expect(layoutFragments(() => Promise.reject(new Error('never')), fragments, ['other'], new Map())).rejects.toThrow("fragment 'other' cannot be laid out");
  });
});

describe('a drawing', () => {
  test.each(v6_8.machines.map(({ machine: name }) => ({ name })))('of $name has every state and every transition where the table leads', ({ name }) => {
    const spec = machine(name);
    const scene = sceneOf(v6_8, spec, layouts);
    const drawn = new Set(scene.boxes.map(({ path }) => path));
    // What ends a fragment in the chart as XState has it, its state `done`, is a point on the border here.
    const states = [...statesOf(chartOf(v6_8, spec).root)].filter(({ key, final, path }) => !(final && key === 'done' && !drawn.has(path)));
    expect([...drawn].toSorted()).toEqual(['', ...states.map(({ path }) => path)].toSorted());
    const { leaves, next, width } = v6_8.table;
    const starts = new Map(scene.boxes.filter(({ kind }) => kind === 'fragment').map(({ path, means }) => [path, v6_8.fragments.get(means)!.initial]));
    const begins = (path: string): string => { const first = starts.get(path); return first === undefined ? path : begins(path === '' ? first : `${path}.${first}`); };
    for (const leaf of leaves.filter((one) => one.machine === name)) {
      for (const label of leaf.outcomes) {
        const lines = linesOfTransition(scene, leaf.path, label);
        expect(begins(lines.at(-1)!.to), `${leaf.path} ${label}`).toBe(leaves[next[leaf.number * width + outcome(label)]!]!.path);
      }
    }
  });

  test('is one SVG with title, legend, kernel functions; text cannot leave it', () => {
    const svg = sceneSvg(sceneOf(v6_8, machine('vcpu'), layouts));
    expect(svg).toMatch(/^<svg [^>]*viewBox="0 0 \d+ \d+"[^>]*><title>vcpu — kernel v6\.8<\/title>/);
    expect(svg).toContain('mutex_lock(&#38;vcpu-&#62;mutex)');
    expect(svg).toContain('waiting here is rest');
    expect([...svg.matchAll(/<(g|svg|text|style|defs|marker)\b/g)]).toHaveLength([...svg.matchAll(/<\/(g|svg|text|style|defs|marker)>/g)].length);
    const hostile = { fragments: new Map([['r', fragment('r', '</title><script>1</script>', { a: step('x', '"\'><img>', { ok: 'a' }) })]]), name: '<b>' };
    const place: FragmentLayout = { width: 9, height: 9, head: ['<i>'], states: { a: [0, 0, 1, 1] }, start: [0, 0, 1, 1], edges: [], exits: {} };
    const drawn = sceneSvg(sceneOf(hostile, { machine: '<u>', root: 'r' }, new Map([[fragmentKeys(hostile.fragments)('r'), place]])));
    expect(drawn).not.toMatch(/<(script|img|i|b|u)>/);
  });

  test('of many operations has them side by side', () => {
    expect(isDispatch(v6_8.fragments.get('gmem.operations')!)).toBe(true);
    expect(isDispatch(v6_8.fragments.get('vcpu.run')!)).toBe(false);
    const { width, height } = sceneOf(v6_8, machine('host-op'), layouts);
    expect(width / height).toBeGreaterThan(0.5);
    expect(width / height).toBeLessThan(2.5);
  });
});
