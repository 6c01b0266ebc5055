// What is given to the layout, and what is drawn of its answer: every state in the state that it lies in, every transition.

import { expect, test } from 'vitest';
import { chartOf, statesOf } from '../../src/export/machines/chart.ts';
import { layoutGraph, nodeId, type LayoutNode } from '../../src/export/machines/layout.ts';
import { chartSvg } from '../../src/export/machines/svg.ts';
import { v6_8 } from '../support/recorded.ts';

const chart = chartOf(v6_8, v6_8.machines.find(({ machine }) => machine === 'vcpu')!);

/** States one below the other, edges as straight lines: a layout that can be followed by hand. */
function stacked(node: LayoutNode): LayoutNode {
  let height = 31;
  const children = node.children.map((one) => {
    const inner = stacked(one);
    const placed = { ...inner, x: 12, y: height };
    height += inner.height! + 12;
    return placed;
  });
  const size = children.length === 0 ? {} : { width: Math.max(...children.map(({ width }) => width!)) + 24, height };
  const edges = node.edges.map((edge) => ({ ...edge, sections: [{ startPoint: { x: 1, y: 2 }, bendPoints: [{ x: 1, y: 9 }], endPoint: { x: 3, y: 9 } }] }));
  return { ...node, ...size, children, edges };
}

const nodesOf = (node: LayoutNode): LayoutNode[] => [node, ...node.children.flatMap(nodesOf)];

test('the graph has every state once, with room for its text, and each edge where both of its ends lie', () => {
  const nodes = nodesOf(layoutGraph(chart));
  expect(nodes.map(({ id }) => id).toSorted()).toEqual(['', ...[...statesOf(chart.root)].map(({ path }) => path)].map(nodeId).toSorted());
  for (const { id, width, children } of nodes) expect(children.length > 0 || width! > 0, id).toBe(true);
  let edges = 0;
  for (const node of nodes) {
    const inside = nodesOf(node).slice(1).map(({ id }) => id);
    for (const { sources, targets } of node.edges) {
      expect(inside).toEqual(expect.arrayContaining([...sources, ...targets]));
      // No state in it holds both ends, unless the edge is that state's own.
      expect(node.children.some((one) => [...sources, ...targets].every((end) => nodesOf(one).slice(1).some(({ id }) => id === end)))).toBe(false);
      edges++;
    }
  }
  expect(edges).toBe(chart.edges.length);
});

test('the drawing has every state and every transition of it, at places that add up', () => {
  const svg = chartSvg(chart, stacked(layoutGraph(chart)));
  expect([...svg.matchAll(/<g id="/g)]).toHaveLength(1 + [...statesOf(chart.root)].length);
  expect([...svg.matchAll(/<path class="e"/g)]).toHaveLength(chart.edges.length);
  expect([...svg.matchAll(/<g\b/g)]).toHaveLength([...svg.matchAll(/<\/g>/g)].length);
  // The first state lies 12 right of, and 31 below, where the machine begins; what is in `call` by as much again.
  expect(svg).toContain('<rect class="s i" x="12" y="31"');
  expect(svg).toMatch(/<g id="n_call\/lock"><title>[^<]*<\/title>\n<rect class="s" x="24" /);
  expect(svg).toContain('mutex_lock(&#38;vcpu-&#62;mutex)');
});
