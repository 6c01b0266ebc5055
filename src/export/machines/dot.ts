// A machine in Graphviz's language. Graphviz draws edges between leaves only, so one from or to a compound state begins or ends at a leaf in
// it and is cut at its border (lhead, ltail).

import { chartOf, firstLeaf, statesOf, type ChartState, type MachineFormat } from './chart.ts';

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replace(/\p{Cc}/gu, ' ');
/** A string of the language, of one line or several. */
const quoted = (...lines: readonly string[]): string => `"${lines.map(escaped).join('\\n')}"`;

const cluster = (path: string): string => `cluster_${path}`;
const isIn = (path: string, outer: string): boolean => path === outer || path.startsWith(`${outer}.`);

function lines(state: ChartState, indent: string): string[] {
  return state.states.flatMap((one): string[] => {
    if (one.states.length > 0) {
      return [`${indent}subgraph ${quoted(cluster(one.path))} {`, `${indent}  label=${quoted(one.key)}; tooltip=${quoted(one.description)};`, ...lines(one, `${indent}  `), `${indent}}`];
    }
    const shape = one.final ? 'shape=doublecircle, label=""' : `label=${quoted(one.key, one.step)}`;
    return [`${indent}${quoted(one.path)} [${shape}, tooltip=${quoted(one.description)}${one.idle && !one.final ? ', style="rounded,filled", fillcolor="#e8eef8"' : ''}];`];
  });
}

export const dot: MachineFormat = {
  name: 'dot',
  extension: '.dot',
  description: "Graphviz: dot -Tsvg draws it; leaves with their steps, fragments as clusters, outcomes at the edges",
  text(kernel, spec) {
    const { root, edges } = chartOf(kernel, spec);
    const compound = new Set([...statesOf(root)].filter(({ states }) => states.length > 0).map(({ path }) => path));
    const drawn = edges.map(({ from, to, label }) => {
      // What a compound state has ended by, is its state `done`.
      const tail = compound.has(from) ? `${from}.done` : from;
      const head = firstLeaf(root, to);
      const attributes = [
        `label=${quoted(label)}`,
        ...(compound.has(from) && !isIn(head, from) ? [`ltail=${quoted(cluster(from))}`] : []),
        ...(compound.has(to) && !isIn(tail, to) ? [`lhead=${quoted(cluster(to))}`] : []),
      ];
      return `  ${quoted(tail)} -> ${quoted(head)} [${attributes.join(', ')}];`;
    });
    return `${[
      `digraph ${quoted(spec.machine)} {`,
      `  label=${quoted(`${spec.machine}, kernel ${kernel.name}`)}; tooltip=${quoted(root.description)}; compound=true; rankdir=TB;`,
      '  node [shape=box, style=rounded, fontname="sans-serif", fontsize=11]; edge [fontname="sans-serif", fontsize=10]; fontname="sans-serif";',
      '  "" [shape=point];',
      ...lines(root, '  '),
      `  "" -> ${quoted(firstLeaf(root, ''))};`,
      ...drawn,
      '}',
    ].join('\n')}\n`;
  },
};
