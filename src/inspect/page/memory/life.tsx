// The life of a page frame: its strip, and the steps that touched it, around the cursor. It is found while the page goes on, and shown as far as it is.

import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Session } from '../model.ts';
import { History, type Moment, type Part } from './history.ts';
import { Strip } from './strip.tsx';

/** Moments that are listed, around the cursor. */
const MOST_MOMENTS = 300;
/** Milliseconds that the search takes at a time, and between two times that what it has found is drawn. */
const SLICE = 8, DRAW = 250;

/** The history of a page frame, growing until it is whole; nothing for frame 0. */
export function useHistory(session: Session, pfn: number): History | undefined {
  const history = useMemo(() => {
    if (pfn === 0) return undefined;
    const one = new History(session, pfn);
    one.go(SLICE, () => performance.now());
    return one;
  }, [session, session.version, pfn]);
  const [, again] = useState(0);
  useEffect(() => {
    if (history === undefined || history.done) return undefined;
    let timer = 0;
    let drawn = performance.now();
    const work = (): void => {
      const done = history.go(SLICE, () => performance.now());
      const now = performance.now();
      if (done || now - drawn > DRAW) {
        drawn = now;
        again((k) => k + 1);
      }
      if (!done) timer = Number(setTimeout(work, 0));
    };
    timer = Number(setTimeout(work, 0));
    return () => clearTimeout(timer);
  }, [history]);
  return history;
}

/** The strip and the list. */
export function Life({ session, history }: { readonly session: Session; readonly history: History }): JSX.Element {
  const { at, length, records, names, opened: { kernel: { table } } } = session;
  const { parts, pfn, done, cut, looked } = history;
  const total = parts.reduce((sum, { moments }) => sum + moments.length, 0);
  const shown = around(parts, at);
  const looks = ({ step }: Moment): string => (records.actor(step) === 0 ? '' : table.leaves[records.leaf(step)]!.path);
  return (
    <>
      <p class="dim" role="status">{total.toLocaleString('en')} {total === 1 ? 'step' : 'steps'} touched it{done ? '' : `; looked through ${Math.floor((looked / Math.max(1, length)) * 100)} % of the run`}{cut ? '; there are more, which are not kept' : ''}</p>
      <Strip parts={parts} length={length} count={total} at={at} go={(step) => session.go(step)} />
      <ol class="moments" aria-label={`Steps that touched page frame ${pfn}`}>
        {shown.map((moment) => (
          <li key={moment.step}><button type="button" class={`moment${moment.step === at ? ' here' : ''}${moment.changes.length === 0 ? ' looked' : ''}`} aria-current={moment.step === at ? 'step' : undefined} onClick={() => session.go(moment.step)}>
            <span class="number">{moment.step}</span> {names.actors[records.actor(moment.step)]} {moment.changes.length === 0 ? <span class="dim">looks at it in {looks(moment)}</span> : moment.changes.join(', ')}
          </button></li>
        ))}
      </ol>
      {total > shown.length ? <p class="dim">{shown.length} of them are listed, around the cursor.</p> : null}
    </>
  );
}

/** The moments around a step, MOST_MOMENTS at most. */
function around(parts: readonly Part[], at: number): readonly Moment[] {
  const all = parts.flatMap(({ moments }) => {
    const here = firstMoment(moments, at);
    return moments.slice(Math.max(0, here - MOST_MOMENTS), here + MOST_MOMENTS);
  });
  const here = firstMoment(all, at + 1);
  const first = Math.max(0, Math.min(all.length - MOST_MOMENTS, here - MOST_MOMENTS / 2));
  return all.slice(first, first + MOST_MOMENTS);
}

/** The place of the first moment at or behind a step. */
export function firstMoment(moments: readonly Moment[], step: number): number {
  let low = 0;
  let high = moments.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (moments[middle]!.step < step) low = middle + 1;
    else high = middle;
  }
  return low;
}
