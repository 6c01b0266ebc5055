// A chart as the ELK layout wants it, and what comes back: boxes with places, edges with bends. Only the layout function itself is not here.
// An edge belongs to the innermost state that both of its ends lie in; its coordinates are of that state.

import { commonPath, type Chart, type ChartState } from './chart.ts';

/** A box or a label, placed once the layout has been made; lengths in points. */
interface Box { readonly id: string; readonly width?: number; readonly height?: number; readonly x?: number; readonly y?: number }
interface Point { readonly x: number; readonly y: number }
export interface LayoutLabel extends Box { readonly text: string }
export interface LayoutEdge {
  readonly id: string;
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  readonly labels: readonly LayoutLabel[];
  /** Answered. */
  readonly sections?: readonly { readonly startPoint: Point; readonly endPoint: Point; readonly bendPoints?: readonly Point[] }[];
}
export interface LayoutNode extends Box {
  readonly labels: readonly LayoutLabel[];
  readonly children: readonly LayoutNode[];
  readonly edges: readonly LayoutEdge[];
  readonly layoutOptions: Readonly<Record<string, string>>;
}

/** What `new ELK().layout` is. */
export type Layout = (graph: LayoutNode) => Promise<LayoutNode>;

/** Width of a character and height of a line, of the fonts that svg.ts uses. */
const CHARACTER = 6.6, LINE = 15;
/** Room around text. */
const PADDING = 8;
const HEADER = LINE + 2 * PADDING;

/** Dots and colons mean something to ELK. */
export const nodeId = (path: string): string => `n_${path.replace(/[.:]/g, '/')}`;

const OPTIONS = {
  'elk.algorithm': 'layered', 'elk.hierarchyHandling': 'INCLUDE_CHILDREN', 'elk.direction': 'DOWN', 'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
} as const;

/** Lines of text in the box of a leaf. */
export const leafLines = ({ key, step, final }: ChartState): string[] => (final ? [] : [key, step]);

/** The graph to lay out. */
export function layoutGraph({ root, edges }: Chart): LayoutNode {
  const edgesOf = new Map<string, LayoutEdge[]>();
  edges.forEach(({ from, to, label }, k) => {
    const at = commonPath(from, to);
    const one = { id: `e_${k}`, sources: [nodeId(from)], targets: [nodeId(to)], labels: [{ id: `l_${k}`, text: label, width: label.length * CHARACTER, height: LINE }] };
    edgesOf.set(at, [...(edgesOf.get(at) ?? []), one]);
  });
  const node = (state: ChartState): LayoutNode => {
    const rows = leafLines(state);
    const size = state.states.length > 0 ? {} : state.final ? { width: LINE, height: LINE }
      : { width: Math.max(...rows.map((row) => row.length)) * CHARACTER + 2 * PADDING, height: rows.length * LINE + PADDING };
    return {
      id: nodeId(state.path), ...size, children: state.states.map(node), edges: edgesOf.get(state.path) ?? [],
      labels: state.states.length > 0 ? [{ id: `h_${state.path}`, text: state.key, width: state.key.length * CHARACTER, height: LINE }] : [],
      layoutOptions: { ...(state.path === '' ? OPTIONS : {}), ...(state.states.length > 0 ? { 'elk.padding': `[top=${HEADER},left=12,bottom=12,right=12]` } : {}) },
    };
  };
  return node(root);
}
