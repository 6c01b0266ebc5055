// The sheet of keys.

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { KEYS as FILTER_KEYS } from '../engine/search.ts';
import { KEYS } from './keys.ts';

/** The sheet; `close` when somebody has seen enough. */
export function Help({ close }: { readonly close: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => { dialog.current!.showModal(); }, []);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={close} onClick={(event) => { if (event.target === dialog.current) dialog.current!.close(); }}>
      <div>
        <div class="help-head"><h2 id="help-title">Keys</h2><button type="button" autofocus onClick={() => dialog.current!.close()}>Close</button></div>
        <dl class="keys">{KEYS.map(({ key, what }) => <div key={key}><dt><kbd>{key === ' ' ? 'space' : key}</kbd></dt><dd>{what}</dd></div>)}</dl>
        <h2>Filter</h2>
        <p>Words that must all be true of a step; <code>-</code> in front turns one round. A word without a colon looks into actor, state and step.</p>
        <dl class="keys">{Object.entries(FILTER_KEYS).map(([key, what]) => <div key={key}><dt><code>{key}:</code></dt><dd>{what}</dd></div>)}</dl>
        <h2>Timeline</h2>
        <p>The wheel zooms, with shift it scrolls, dragging moves; a click stands at a step; what lies under the pointer is said beside it. Blocks are steps, coloured by the part of the chart
          that they lie in; the bands behind them say what state an actor is in; bars below them are locks that it holds, hatched is waiting. Arrows are messages, dashed ones interrupts.</p>
        <ul class="marks">
          <li><span class="mark-retry" aria-hidden="true">▾</span> a fault that is tried again</li>
          <li><span class="mark-exit" aria-hidden="true">▴</span> an exit to userspace</li>
          <li><span class="mark-column" aria-hidden="true"><i class="exit" /><i class="retry" /><i class="wait" /><i class="rest" /></span> where steps lie close, a column: the higher, the more steps. From the foot up: all others, in the colour of the
            chart's part; times that somebody begins to wait for a lock; retries; exits. A kind that is there has its place, however few it is of.</li>
        </ul>
      </div>
    </dialog>
  );
}
