// The life of a page frame on one strip: when it was allocated, what was in it, who mapped it, when it was locked and how often referenced. A click goes
// to the step.

import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { FrameView } from './frames.ts';
import type { Part } from './history.ts';

interface Row { readonly name: string; readonly of: (page: FrameView) => { readonly kind: string; readonly text: string } | undefined }

const ROWS: readonly Row[] = [
  { name: 'content', of: (page) => ({ kind: page.content, text: page.text }) },
  { name: 'refs', of: ({ refcount }) => (refcount === 0 ? undefined : { kind: 'count', text: String(refcount) }) },
  { name: 'file', of: ({ file }) => (file === '' ? undefined : { kind: 'file', text: file }) },
  { name: 'guest', of: ({ guest }) => (guest === 0 ? undefined : { kind: 'guest', text: String(guest) }) },
  { name: 'host', of: ({ host }) => (host === 0 ? undefined : { kind: 'mapped', text: String(host) }) },
  { name: 'pinned', of: ({ pins }) => (pins.length === 0 ? undefined : { kind: 'pins', text: pins.join(', ') }) },
  { name: 'locked', of: ({ locked }) => (locked === undefined ? undefined : { kind: 'locked', text: locked }) },
];
const LEFT = 48, WIDE = 420, HIGH = 15;
/** Width of a character of its text. */
const CHARACTER = 5.4;

interface Run { readonly from: number; to: number; readonly kind: string; readonly text: string }

/** What a row shows, from when to when: runs that are too narrow to be seen, behind the first in a pixel, are left out. */
function runsOf({ of }: Row, parts: readonly Part[], x: (step: number) => number): Run[] {
  const runs: Run[] = [];
  let drawn = -1;
  const end = (run: Run | undefined): void => {
    if (run === undefined) return;
    if (x(run.to) - x(run.from) < 1 && Math.floor(x(run.from)) === drawn) runs.pop();
    else drawn = Math.floor(x(run.from));
  };
  for (const { from, to, before, moments } of parts) {
    for (let k = -1; k < moments.length; k++) {
      const one = of(k < 0 ? before : moments[k]!.page);
      const step = k < 0 ? from - 1 : moments[k]!.step;
      const next = moments[k + 1]?.step ?? to + 1;
      const last = runs.at(-1);
      if (one === undefined) continue;
      if (last !== undefined && (last.to === step || last.to === step + 1 && k < 0) && last.kind === one.kind && last.text === one.text) {
        last.to = next;
        continue;
      }
      end(last);
      runs.push({ ...one, from: step, to: next });
    }
  }
  end(runs.at(-1));
  return runs;
}

interface Props { readonly parts: readonly Part[]; readonly length: number; readonly count: number; readonly at: number; readonly go: (step: number) => void }

/** The strip. */
export function Strip({ parts, length, count, at, go }: Props): JSX.Element {
  const x = (step: number): number => LEFT + (step / (length + 1)) * WIDE;
  const height = ROWS.length * HIGH + 4;
  const looked = parts.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  const rows = useMemo(() => ROWS.map((row) => ({ name: row.name, runs: runsOf(row, parts, x) })), [length, looked, count]);
  return (
    <svg class="strip" viewBox={`0 0 ${LEFT + WIDE} ${height}`} role="img" aria-label={`Its life from step 1 to ${length}, ${count} steps that touched it`} onClick={(event) => {
      const { left, width } = event.currentTarget.getBoundingClientRect();
      const part = ((event.clientX - left) / width) * (LEFT + WIDE) - LEFT;
      if (part >= 0) go(Math.round((part / WIDE) * (length + 1)));
    }}>
      {rows.map(({ name, runs }, row) => (
        <g key={name}>
          <text class="row-name" x={0} y={row * HIGH + 12}>{name}</text>
          {runs.map((run) => <g key={run.from}><rect class={`run ${run.kind}`} x={x(run.from)} y={row * HIGH + 2} width={Math.max(1, x(run.to) - x(run.from))} height={HIGH - 3}><title>{`${name}: ${run.text}, from step ${run.from}`}</title></rect>
            {x(run.to) - x(run.from) > run.text.length * CHARACTER + 4 ? <text x={x(run.from) + 3} y={row * HIGH + 12}>{run.text}</text> : null}</g>)}
        </g>
      ))}
      <path class="cursor" d={`M${x(at)} 0V${height}`} />
    </svg>
  );
}
