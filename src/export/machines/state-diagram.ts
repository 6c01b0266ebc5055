// A machine as a state diagram in Mermaid's language. A transition stands where both of its states are seen: behind the compound states.

import { label } from '../mermaid-text.ts';
import { chartOf, commonPath, type ChartEdge, type ChartState, type MachineFormat } from './chart.ts';

/** Identifiers of states: paths, with what is no word character replaced. */
const id = (path: string): string => `s_${path.replaceAll('.', '__').replace(/\W/g, '_')}`;

const title = ({ key, step }: ChartState): string => label(step === '' ? key : `${key}: ${step}`);

function lines(state: ChartState, edgesOf: ReadonlyMap<string, readonly ChartEdge[]>, indent: string): string[] {
  const inside = state.states.flatMap((one): string[] => (one.states.length === 0
    ? [`${indent}state "${title(one)}" as ${id(one.path)}`]
    : [`${indent}state "${title(one)}" as ${id(one.path)} {`, ...lines(one, edgesOf, `${indent}  `), `${indent}}`]));
  return [
    ...inside,
    ...(state.initial === undefined ? [] : [`${indent}[*] --> ${id(state.initial)}`]),
    ...(edgesOf.get(state.path) ?? []).map((edge) => `${indent}${id(edge.from)} --> ${id(edge.to)} : ${label(edge.label)}`),
    ...state.states.filter((one) => one.final).map((one) => `${indent}${id(one.path)} --> [*]`),
  ];
}

export const stateDiagram: MachineFormat = {
  name: 'mermaid',
  extension: '.mmd',
  description: "stateDiagram-v2 in Mermaid's language; good for machines up to some hundred states",
  text(kernel, spec) {
    const { root, edges } = chartOf(kernel, spec);
    const edgesOf = new Map<string, ChartEdge[]>();
    for (const edge of edges) {
      const at = commonPath(edge.from, edge.to);
      edgesOf.set(at, [...(edgesOf.get(at) ?? []), edge]);
    }
    return `${['stateDiagram-v2', `  %% ${label(`${spec.machine} of kernel ${kernel.name}: ${root.description}`)}`, ...lines(root, edgesOf, '  ')].join('\n')}\n`;
  },
};
