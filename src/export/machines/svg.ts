// A chart that has been laid out, drawn: black on white, in vectors, good enough to print.

import type { Chart, ChartState } from './chart.ts';
import { leafLines, nodeId, type LayoutNode } from './layout.ts';

const escaped = (text: string): string => text.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`).replace(/\p{Cc}/gu, ' ');
const at = (value: number): string => String(Math.round(value * 10) / 10);

const HEAD = '<style>text{font:11px monospace;fill:#111}.s{fill:#fff;stroke:#111}.c{fill:none;stroke:#888}.i{fill:#e8eef8}.e{fill:none;stroke:#333}.l{fill:#333}</style>'
  + '<defs><marker id="a" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#333"/></marker></defs>';

const text = (x: number, y: number, what: string, kind = ''): string => `<text x="${at(x)}" y="${at(y)}"${kind === '' ? '' : ` class="${kind}"`}>${escaped(what)}</text>`;

/** One state with everything in it; `x` and `y` are where its parent begins. */
function drawn(state: ChartState, node: LayoutNode, x: number, y: number): string {
  const left = x + (node.x ?? 0);
  const top = y + (node.y ?? 0);
  const [width, height] = [node.width ?? 0, node.height ?? 0];
  const compound = state.states.length > 0;
  const kind = compound ? 'c' : state.idle && !state.final ? 's i' : 's';
  const rows = compound ? [state.key] : leafLines(state);
  const children = new Map(node.children.map((one) => [one.id, one]));
  return [
    `<g id="${escaped(nodeId(state.path))}"><title>${escaped(state.description === '' ? state.path : state.description)}</title>`,
    `<rect class="${kind}" x="${at(left)}" y="${at(top)}" width="${at(width)}" height="${at(height)}" rx="${state.final ? at(height / 2) : '5'}"/>`,
    ...rows.map((row, k) => text(left + 8, top + 15 * (k + 1), row)),
    ...state.states.map((one) => drawn(one, children.get(nodeId(one.path))!, left, top)),
    '</g>',
    ...node.edges.flatMap(({ id, sections = [], labels }) => [
      ...sections.map(({ startPoint, bendPoints = [], endPoint }) =>
        `<path class="e" id="${id}" marker-end="url(#a)" d="M${[startPoint, ...bendPoints, endPoint].map((point) => `${at(left + point.x)} ${at(top + point.y)}`).join('L')}"/>`),
      ...labels.map((one) => text(left + (one.x ?? 0), top + (one.y ?? 0) + 11, one.text, 'l')),
    ]),
  ].join('\n');
}

/** The drawing of a chart whose graph (layoutGraph) was laid out. */
export function chartSvg({ root, machine, kernel }: Chart, laidOut: LayoutNode): string {
  const [width, height] = [at(laidOut.width ?? 0), at(laidOut.height ?? 0)];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><title>${escaped(`${machine}, kernel ${kernel}`)}</title>${HEAD}
${drawn(root, laidOut, 0, 0)}
</svg>
`;
}
