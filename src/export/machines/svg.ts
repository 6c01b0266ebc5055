// A machine drawn as SVG: black on white, in vectors, good enough to print. What fragments lie in is told by shades, what waits at rest by a
// dashed border, outcomes stand at the arrows.

import type { MachineFormat } from './chart.ts';
import { NAME, PADDING, SMALL } from './layout.ts';
import { sceneOf, type Scene, type SceneBox } from './scene.ts';

const escaped = (text: string): string => text.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`).replace(/\p{Cc}/gu, ' ');
const at = (value: number): string => String(Math.round(value * 10) / 10);

const FONT = "ui-monospace,'DejaVu Sans Mono','Liberation Mono',Menlo,Consolas,monospace";
const STYLE = `<style>text{font:${SMALL.size}px ${FONT};fill:#444}.n{font-size:${NAME.size}px;font-weight:bold;fill:#111}.t{font-size:18px;font-weight:bold;fill:#111}`
  + '.f{fill:#fff;stroke:#8a94a3}.f.o{fill:#f4f6f9}.s{fill:#fff;stroke:#222;stroke-width:1.2}.i{fill:#e3ecfa;stroke-dasharray:4 2}.z{fill:#222;stroke:#222}'
  + '.e{fill:none;stroke:#444}.d{fill:#222}.x{fill:#fff;stroke:#444;stroke-width:1.2}.l{fill:#1f3f77;paint-order:stroke;stroke:#fff;stroke-width:2.5px;stroke-linejoin:round}.q{fill:#1f3f77;font-style:italic}</style>'
  + '<defs><marker id="a" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path d="M0 0.5L8 4L0 7.5z" fill="#444"/></marker></defs>';

const text = (x: number, y: number, what: string, kind = ''): string => `<text x="${at(x)}" y="${at(y)}"${kind === '' ? '' : ` class="${kind}"`}>${escaped(what)}</text>`;
const path = (points: readonly number[]): string => {
  let result = 'M';
  for (let k = 0; k < points.length; k += 2) result += `${k === 0 ? '' : 'L'}${at(points[k]!)} ${at(points[k + 1]!)}`;
  return result;
};

/** What a pointer is told of a state. */
const told = ({ path: name, description, means }: SceneBox): string => [name, description, means].filter((one) => one !== '').join('\n');

function box(one: SceneBox): string {
  const { kind, at: [x, y, width, height], name, small, idle, depth } = one;
  const shape = kind === 'final'
    ? `<circle class="x" cx="${at(x + width / 2)}" cy="${at(y + height / 2)}" r="${at(width / 2)}"/><circle class="z" cx="${at(x + width / 2)}" cy="${at(y + height / 2)}" r="${at(width / 2 - 4)}"/>`
    : `<rect class="${kind === 'fragment' ? `f${depth % 2 === 0 ? '' : ' o'}` : `s${idle ? ' i' : ''}`}" x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" rx="${kind === 'fragment' ? 8 : 5}"/>`;
  const words = kind === 'final' ? [] : [text(x + PADDING, y + NAME.line, name, 'n'), ...small.map((line, k) => text(x + PADDING, y + NAME.line + (k + 1) * SMALL.line, line))];
  return `<g id="${escaped(`n_${one.path.replaceAll('.', '/')}`)}"><title>${escaped(told(one))}</title>${shape}${words.join('')}</g>`;
}

/** Room around the drawing, for the title above, for the legend below. */
const MARGIN = 20, TITLE = 34, LEGEND = 46;

const LEGEND_ENTRIES: readonly (readonly [draw: (x: number, y: number) => string, words: string])[] = [
  [(x, y) => `<rect class="s" x="${x}" y="${y}" width="24" height="14" rx="5"/>`, 'a state: the step that its actor executes next'],
  [(x, y) => `<rect class="s i" x="${x}" y="${y}" width="24" height="14" rx="5"/>`, 'waiting here is rest'],
  [(x, y) => `<rect class="f o" x="${x}" y="${y}" width="24" height="14" rx="5"/>`, 'an operation, with its states inside'],
  [(x, y) => `<path class="e" d="M${x} ${y + 7}L${x + 24} ${y + 7}" marker-end="url(#a)"/>`, 'by this outcome; ok where nothing is written'],
  [(x, y) => `<circle class="x" cx="${x + 12}" cy="${y + 7}" r="3"/>`, 'an exit of an operation'],
  [(x, y) => `<circle class="d" cx="${x + 12}" cy="${y + 7}" r="4"/>`, 'where it begins'],
];

function legend(width: number, top: number): { readonly drawn: string; readonly height: number } {
  let [x, y] = [MARGIN, top];
  const drawn = LEGEND_ENTRIES.map(([draw, words]) => {
    const needs = 30 + words.length * SMALL.character + 22;
    if (x + needs > width && x > MARGIN) [x, y] = [MARGIN, y + 20];
    const entry = `${draw(x, y)}${text(x + 30, y + 10, words)}`;
    x += needs;
    return entry;
  });
  return { drawn: drawn.join('\n'), height: y - top + LEGEND };
}

/** The drawing of a machine, with its title and a legend. */
export function sceneSvg({ machine, kernel, width: w, height: h, boxes, lines, exits, starts }: Scene): string {
  const title = `${machine} — kernel ${kernel}`;
  const width = Math.max(w + 2 * MARGIN, title.length * 11 + 2 * MARGIN, 420);
  const key = legend(width, TITLE + MARGIN + h + 16);
  const height = TITLE + MARGIN + h + 16 + key.height;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${at(width)}" height="${at(height)}" viewBox="0 0 ${at(width)} ${at(height)}" role="img"><title>${escaped(title)}</title>${STYLE}
<rect width="${at(width)}" height="${at(height)}" fill="#fff"/>
${text(MARGIN, TITLE, title, 't')}
<g transform="translate(${MARGIN} ${TITLE + MARGIN})">
${boxes.map(box).join('\n')}
${starts.map(({ points }) => `<circle class="d" cx="${at(points[0]!)}" cy="${at(points[1]! - 4)}" r="4"/><path class="e" d="${path(points)}" marker-end="url(#a)"/>`).join('\n')}
${lines.filter(({ points }) => points.length > 0).map(({ id, points }) => `<path class="e" id="${escaped(`e_${id}`)}" d="${path(points)}" marker-end="url(#a)"/>`).join('\n')}
${exits.map(({ name, x, y, toLeft }) => `<circle class="x" cx="${at(x)}" cy="${at(y)}" r="3"/>${text(toLeft ? x - 5 - name.length * SMALL.character : x + 5, y - 4, name, 'q')}`).join('\n')}
${lines.flatMap(({ text: words }) => words.map((one) => text(one.x, one.y, one.text, 'l'))).join('\n')}
</g>
${key.drawn}
</svg>
`;
}

export const svg: MachineFormat = {
  name: 'svg',
  extension: '.svg',
  description: 'drawings to print or to look at in a browser: states inside the operations that they are part of, with the kernel functions',
  needsLayouts: true,
  text: (kernel, spec, layouts) => sceneSvg(sceneOf(kernel, spec, layouts)),
};
