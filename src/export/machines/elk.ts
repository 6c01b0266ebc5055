// The layout of one fragment by ELK: what is asked, in which attempts, and what is kept of the answer. ELK itself is given.

import type { Fragment } from '../../../machines/fragment.ts';
import { dispatchLayout, isDispatch } from './dispatch.ts';
import { fragmentKeys } from './fragment-key.ts';
import { FINAL, NAME, PADDING, SMALL, exitsOf, leafSize, linesOf, wrapped, type FragmentLayout, type Layouts, type PlacedEdge, type Rectangle } from './layout.ts';

type Options = Readonly<Record<string, string>>;
interface Point { readonly x: number; readonly y: number }
interface ElkBox { readonly id: string; readonly width?: number; readonly height?: number; readonly x?: number; readonly y?: number; readonly layoutOptions?: Options }
interface ElkEdge {
  readonly id: string; readonly sources: readonly string[]; readonly targets: readonly string[];
  readonly labels?: readonly (ElkBox & { readonly text: string })[];
  readonly sections?: readonly { readonly startPoint: Point; readonly endPoint: Point; readonly bendPoints?: readonly Point[] }[];
  readonly layoutOptions?: Options;
}
/** A graph as ELK takes and answers it. */
export interface ElkNode extends ElkBox { readonly ports?: readonly ElkBox[]; readonly children?: readonly ElkNode[]; readonly edges?: readonly ElkEdge[] }
/** What `new ELK().layout` is. */
export type Elk = (graph: ElkNode) => Promise<ElkNode>;

const BASE: Options = {
  'elk.algorithm': 'layered', 'elk.direction': 'DOWN', 'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES', 'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER', 'elk.layered.spacing.nodeNodeBetweenLayers': '22', 'elk.spacing.nodeNode': '22',
  'elk.spacing.edgeNode': '12', 'elk.spacing.edgeEdge': '8', 'elk.layered.spacing.edgeNodeBetweenLayers': '12', 'elk.layered.spacing.edgeEdgeBetweenLayers': '8',
  'elk.spacing.edgeLabel': '3', 'elk.edgeLabels.inline': 'false', 'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF', 'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
};
const WRAPPED: Options = { 'elk.layered.wrapping.strategy': 'MULTI_EDGE', 'elk.aspectRatio': '1.3' };
const COMPACT: Options = { 'elk.layered.compaction.postCompaction.strategy': 'EDGE_LENGTH' };
/** In this order. ELK throws at some graphs with compaction and at some with wrapping. */
const ATTEMPTS: readonly Options[] = [COMPACT, { ...WRAPPED, ...COMPACT }, WRAPPED, {}];

/** Where arrows enter the box of a fragment, from its left. */
const ENTRY = 30;
/** Margin inside of the border. */
const MARGIN = 12;
/** Least width of a box with a header. */
const LEAST = 190;

const state = (key: string): string => `s_${key}`;
const START = 'start', FRAME = 'frame';

/** Is an arrow's name left out? Where a step has one outcome only, and it is the plain one. */
const unnamed = (labels: readonly string[], siblings: number): boolean => siblings === 1 && labels.length === 1 && labels[0] === 'ok';

/** States in the order in which they come one behind the other: ELK turns arrows around that go against it. A kernel that was derived from another
 *  one has its own states behind all others, wherever they belong. */
function inOrder({ states, initial }: Fragment): string[] {
  const seen = new Set<string>();
  const done: string[] = [];
  const visit = (key: string): void => {
    if (seen.has(key)) return;
    seen.add(key);
    const one = states[key]!;
    const targets = 'use' in one ? Object.values(one.exits) : 'on' in one ? Object.values(one.on) : [];
    // What is visited last stands first: the first outcome comes right behind its state.
    for (const target of targets.toReversed()) if (!target.startsWith('^')) visit(target);
    done.push(key);
  };
  visit(initial);
  return [...done.toReversed(), ...Object.keys(states).filter((key) => !seen.has(key))];
}

/** The graph of a fragment, with finished layouts of those that it uses. */
function graphOf(fragment: Fragment, inner: (name: string) => FragmentLayout, options: Options): ElkNode {
  const lines = linesOf(fragment);
  const children: ElkNode[] = inOrder(fragment).map((key) => {
    const one = fragment.states[key]!;
    const id = state(key);
    if ('use' in one) {
      const { width, height, exits } = inner(one.use);
      const out = Object.entries(exits).map(([name, [x, y]]) => ({ id: `${id}^${name}`, x, y, width: 0, height: 0, layoutOptions: { 'elk.port.side': 'SOUTH' } }));
      // Exits that the fragment has in other kernels are answered here all the same: their arrows begin at the lower right corner.
      const never = Object.keys(one.exits).filter((name) => exits[name] === undefined).map((name, k) => ({ id: `${id}^${name}`, x: width - 8 - 12 * k, y: height, width: 0, height: 0, layoutOptions: { 'elk.port.side': 'SOUTH' } }));
      return { id, width, height, ports: [{ id: `${id}>`, x: Math.min(ENTRY, width / 2), y: 0, width: 0, height: 0, layoutOptions: { 'elk.port.side': 'NORTH' } }, ...out, ...never], layoutOptions: { 'elk.portConstraints': 'FIXED_POS' } };
    }
    if (!('on' in one)) return { id, width: FINAL, height: FINAL };
    const [width, height] = leafSize(key, one.description);
    return { id, width, height };
  });
  const into = (key: string): string => ('use' in fragment.states[key]! ? `${state(key)}>` : state(key));
  const edges = lines.map(({ from, labels, to }, k): ElkEdge => {
    const compound = 'use' in fragment.states[from]!;
    // The name of an exit stands at its point on the border.
    const isExit = 'use' in fragment.states[from]! && inner(fragment.states[from].use).exits[labels[0]!] !== undefined;
    const said = isExit || unnamed(labels, lines.filter((one) => one.from === from).length) ? [] : labels;
    return {
      id: `e_${k}`, sources: [compound ? `${state(from)}^${labels[0]!}` : state(from)], targets: [to.startsWith('^') ? `x_${to.slice(1)}` : into(to)],
      labels: said.map((text, n) => ({ id: `l_${k}_${n}`, text, width: text.length * SMALL.character + 2, height: SMALL.line })),
    };
  });
  const ports = exitsOf(fragment).map((name) => ({ id: `x_${name}`, width: 0, height: 0, layoutOptions: { 'elk.port.side': 'SOUTH' } }));
  const frame: ElkNode = {
    id: FRAME, ports, children: [{ id: START, width: 8, height: 8 }, ...children],
    edges: [{ id: START, sources: [START], targets: [into(fragment.initial)], layoutOptions: { 'elk.layered.priority.direction': '1' } }, ...edges],
    layoutOptions: { ...options, 'elk.portConstraints': 'FIXED_SIDE', 'elk.padding': `[top=8,left=${MARGIN},bottom=${MARGIN + 8},right=${MARGIN}]`, 'elk.spacing.portPort': String(Math.max(30, ...exitsOf(fragment).map((name) => name.length * SMALL.character + 14))) },
  };
  return { id: 'root', children: [frame], layoutOptions: { 'elk.algorithm': 'box' } };
}

/** What is kept of ELK's answer, with room for the header above. */
function taken(fragment: Fragment, answer: ElkNode): FragmentLayout {
  const frame = answer.children![0]!;
  const width = Math.ceil(Math.max(frame.width!, LEAST, fragment.name.length * NAME.character + 2 * PADDING));
  const head = wrapped(fragment.description, Math.floor((width - 2 * PADDING) / SMALL.character));
  const top = NAME.line + head.length * SMALL.line + PADDING;
  const round = (value: number): number => Math.round(value * 10) / 10;
  const pointsOf = ({ sections = [] }: ElkEdge): number[] => sections.flatMap(({ startPoint, bendPoints = [], endPoint }) =>
    [startPoint, ...bendPoints, endPoint].flatMap(({ x, y }) => [round(x), round(y + top)]));
  const states = Object.fromEntries(Object.keys(fragment.states).map((key): [string, Rectangle] => {
    const { x, y, width: w, height: h } = frame.children!.find(({ id }) => id === state(key))!;
    return [key, [round(x!), round(y! + top), w!, h!]];
  }));
  const [start, ...edges] = frame.edges!;
  return {
    width, height: Math.ceil(frame.height! + top), head, states, start: pointsOf(start!),
    edges: linesOf(fragment).map((line, k): PlacedEdge => ({
      ...line, points: pointsOf(edges[k]!), text: (edges[k]!.labels ?? []).map(({ text, x, y }) => ({ text, x: round(x! + 1), y: round(y! + top + SMALL.line - 3) })),
    })),
    exits: Object.fromEntries((frame.ports ?? []).map(({ id, x }): [string, [number, number]] => [id.slice(2), [round(x!), Math.ceil(frame.height! + top)]])),
  };
}

/** Do all arrows go straight and reach what they lead to? Some of those that ELK wraps do not. */
function refuseBroken({ states, exits, edges }: FragmentLayout): void {
  for (const { points, to } of edges) {
    for (let k = 2; k < points.length; k += 2) {
      if (Math.abs(points[k]! - points[k - 2]!) > 0.2 && Math.abs(points[k + 1]! - points[k - 1]!) > 0.2) throw new Error(`an arrow to '${to}' is askew`);
    }
    const [x, y] = [points.at(-2)!, points.at(-1)!];
    const [left, top, width, height] = states[to] ?? [...exits[to.slice(1)]!, 0, 0];
    if (x < left - 1 || x > left + width + 1 || y < top - 1 || y > top + height + 1) throw new Error(`an arrow to '${to}' does not reach it`);
  }
}

/** How good a drawing is, the less the better: the sheet that it needs, how far its arrows go, how far from its head it begins. */
function cost({ width, height, head, start, edges }: FragmentLayout): number {
  let length = 0;
  for (const { points } of edges) for (let k = 2; k < points.length; k++) length += Math.abs(points[k]! - points[k - 2]!);
  return Math.max(width, height * 1.3) + length / 20 + Math.max(0, start[1]! - NAME.line - head.length * SMALL.line);
}

/** Height, against its width, and in points, beyond which a drawing is wrapped. */
const TALL = { ratio: 1.2, height: 500 } as const;

/** A layout of a fragment: as it comes, or wrapped if that is tall and wrapping makes it better. */
export async function layoutFragment(elk: Elk, fragment: Fragment, inner: (name: string) => FragmentLayout): Promise<FragmentLayout> {
  if (isDispatch(fragment)) return dispatchLayout(fragment, inner);
  let best: FragmentLayout | undefined;
  let problem: unknown;
  for (const attempt of ATTEMPTS) {
    try {
      const one = taken(fragment, await elk(graphOf(fragment, inner, { ...BASE, ...attempt })));
      refuseBroken(one);
      if (best !== undefined) return cost(one) < cost(best) ? one : best;
      best = one;
      if (one.height < TALL.height || one.height < one.width * TALL.ratio) return one;
    } catch (error) {
      problem = error;
    }
  }
  if (best === undefined) throw new Error(`fragment '${fragment.name}' cannot be laid out`, { cause: problem });
  return best;
}

/** Layouts of these fragments and of all that they use: those of `known` as they are, the others by ELK. */
export async function layoutFragments(elk: Elk, fragments: ReadonlyMap<string, Fragment>, names: Iterable<string>, known: Layouts): Promise<Layouts> {
  const keyOf = fragmentKeys(fragments);
  const result = new Map<string, FragmentLayout>();
  const layout = async (name: string): Promise<void> => {
    const key = keyOf(name);
    if (result.has(key)) return;
    const fragment = fragments.get(name)!;
    for (const one of Object.values(fragment.states)) if ('use' in one) await layout(one.use);
    result.set(key, known.get(key) ?? await layoutFragment(elk, fragment, (used) => result.get(keyOf(used))!));
  };
  for (const name of names) await layout(name);
  return result;
}
