// The life of a page frame on one strip: when it was allocated, what was in it, who mapped it, when it was locked and how often referenced. A click goes
// to the step.

import type { JSX } from 'preact';
import type { FrameView } from './frames.ts';
import type { History } from './history.ts';

interface Row { readonly name: string; readonly of: (page: FrameView) => { readonly kind: string; readonly text: string } | undefined }

const ROWS: readonly Row[] = [
  { name: 'content', of: (page) => ({ kind: page.content, text: page.text }) },
  { name: 'refs', of: ({ refcount }) => (refcount === 0 ? undefined : { kind: 'count', text: String(refcount) }) },
  { name: 'file', of: ({ file }) => (file === '' ? undefined : { kind: 'file', text: file }) },
  { name: 'guest', of: ({ guest }) => (guest === 0 ? undefined : { kind: 'guest', text: String(guest) }) },
  { name: 'host', of: ({ host }) => (host === 0 ? undefined : { kind: 'mapped', text: String(host) }) },
  { name: 'locked', of: ({ locked }) => (locked === undefined ? undefined : { kind: 'locked', text: locked }) },
];
const LEFT = 48, WIDE = 420, HIGH = 15;
/** Width of a character of its text. */
const CHARACTER = 5.4;

/** The strip. */
export function Strip({ history: { from, to, before, moments }, at, go }: { readonly history: History; readonly at: number; readonly go: (step: number) => void }): JSX.Element {
  const x = (step: number): number => LEFT + ((step - from + 1) / (to - from + 2)) * WIDE;
  const height = ROWS.length * HIGH + 4;
  const states = [{ step: from - 1, page: before }, ...moments];
  return (
    <svg class="strip" viewBox={`0 0 ${LEFT + WIDE} ${height}`} role="img" aria-label={`Its life from step ${from} to ${to}, ${moments.length} steps that touched it`} onClick={(event) => {
      const { left, width } = event.currentTarget.getBoundingClientRect();
      const part = ((event.clientX - left) / width) * (LEFT + WIDE) - LEFT;
      if (part >= 0) go(Math.round((part / WIDE) * (to - from + 2)) + from - 1);
    }}>
      {ROWS.map(({ name, of }, row) => {
        const runs: { from: number; to: number; kind: string; text: string }[] = [];
        states.forEach(({ step, page }, k) => {
          const one = of(page);
          const end = states[k + 1]?.step ?? to + 1;
          const last = runs.at(-1);
          if (one === undefined) return;
          if (last !== undefined && last.to === step && last.kind === one.kind && last.text === one.text) last.to = end;
          else runs.push({ ...one, from: step, to: end });
        });
        return (
          <g key={name}>
            <text class="row-name" x={0} y={row * HIGH + 12}>{name}</text>
            {runs.map((run) => <g key={run.from}><rect class={`run ${run.kind}`} x={x(run.from)} y={row * HIGH + 2} width={Math.max(1, x(run.to) - x(run.from))} height={HIGH - 3}><title>{`${name}: ${run.text}, from step ${run.from}`}</title></rect>
              {x(run.to) - x(run.from) > run.text.length * CHARACTER + 4 ? <text x={x(run.from) + 3} y={row * HIGH + 12}>{run.text}</text> : null}</g>)}
          </g>
        );
      })}
      <path class="cursor" d={`M${x(at)} 0V${height}`} />
    </svg>
  );
}
