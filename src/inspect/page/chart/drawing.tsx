// The still part of a chart: every state and every line, tinted by what the run did there. It is drawn again only when the run is another one.

import type { JSX } from 'preact';
import { NAME, PADDING, SMALL } from '../../../export/machines/layout.ts';
import type { Scene, SceneBox } from '../../../export/machines/scene.ts';
import { heatOf, type Mark, type Visits } from './facts.ts';

/** The points of a line, as SVG writes a path. */
export const pathData = (points: readonly number[]): string => {
  let data = '';
  for (let k = 0; k < points.length; k += 2) data += `${k === 0 ? 'M' : 'L'}${points[k]} ${points[k + 1]}`;
  return data;
};

/** In the page, so that two charts do not share them: ids of patterns and markers of a chart. */
export const defId = (chart: string, name: string): string => `chart-${chart}-${name}`;

interface Props {
  readonly id: string;
  readonly scene: Scene;
  /** Nothing where the run is of another kernel. */
  readonly visits: Visits | undefined;
  readonly impossible: ReadonlySet<string>;
  readonly marks: ReadonlyMap<string, Mark> | undefined;
}

/** Everything that does not move. */
export const Drawing = ({ id, scene, visits, impossible, marks }: Props): JSX.Element => (
  <>
    <defs>
      <marker id={defId(id, 'arrow')} viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path class="arrow-head" d="M0 0.5L8 4L0 7.5z" /></marker>
      <marker id={defId(id, 'taken')} viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="5" markerHeight="5" orient="auto"><path class="taken-head" d="M0 0.5L8 4L0 7.5z" /></marker>
      <pattern id={defId(id, 'unseen')} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="unseen-ground" width="6" height="6" /><path class="unseen-line" d="M0 0V6" /></pattern>
    </defs>
    {scene.boxes.map((box) => <Box key={box.path} id={id} box={box} count={visits === undefined ? undefined : visits.states.get(box.path) ?? 0} most={visits?.most ?? 0} impossible={impossible.has(box.path)} mark={marks?.get(box.path)} />)}
    {scene.starts.map(({ path, points }) => <g key={path}><circle class="dot" cx={points[0]} cy={points[1]! - 4} r={4} /><path class="edge" d={pathData(points)} marker-end={`url(#${defId(id, 'arrow')})`} /></g>)}
    {scene.lines.map((line) => (line.points.length === 0 ? null : (
      <path key={line.id} class={`edge${(visits?.lines.get(line.id) ?? 0) > 0 ? ' was-taken' : impossible.has(line.from) ? ' impossible' : visits === undefined ? '' : ' never'}`} d={pathData(line.points)} marker-end={`url(#${defId(id, 'arrow')})`} />
    )))}
    {scene.exits.map(({ path, name, x, y, toLeft }) => <g key={`${path} ${name}`}><circle class="exit" cx={x} cy={y} r={3} /><text class="exit-name" x={toLeft ? x - 5 - name.length * SMALL.character : x + 5} y={y - 4}>{name}</text></g>)}
    {scene.lines.flatMap(({ id: line, text }) => text.map((one, k) => <text key={`${line} ${k}`} class="outcome" x={one.x} y={one.y}>{one.text}</text>))}
  </>
);

interface BoxProps { readonly id: string; readonly box: SceneBox; readonly count: number | undefined; readonly most: number; readonly impossible: boolean; readonly mark: Mark | undefined }

function Box({ id, box, count, most, impossible, mark }: BoxProps): JSX.Element {
  const { kind, at: [x, y, width, height], name, small, idle, depth, path } = box;
  const seen = impossible ? 'impossible' : count === undefined ? 'untold' : count > 0 ? `seen heat-${heatOf(count, most)}` : 'unseen';
  return (
    <g class={`state ${kind} ${seen}${idle ? ' idle' : ''}${mark === undefined ? '' : ` ${mark.replace(' ', '-')}`}${kind === 'fragment' && depth % 2 === 1 ? ' odd' : ''}`} data-path={path}>
      {kind === 'final' ? <circle cx={x + width / 2} cy={y + height / 2} r={width / 2} />
        : <rect x={x} y={y} width={width} height={height} rx={kind === 'fragment' ? 8 : 5} fill={kind === 'leaf' && seen === 'unseen' ? `url(#${defId(id, 'unseen')})` : undefined} />}
      {kind === 'final' ? <circle class="dot" cx={x + width / 2} cy={y + height / 2} r={width / 2 - 4} /> : <text class="name" x={x + PADDING} y={y + NAME.line}>{name}</text>}
      {small.map((line, k) => <text key={k} x={x + PADDING} y={y + NAME.line + (k + 1) * SMALL.line}>{line}</text>)}
      {mark === undefined ? null : <text class="mark" x={x + width - 4} y={y + NAME.line - 2}>{mark === 'changed' ? '≠' : '+'}</text>}
    </g>
  );
}
