// What the step under the cursor has read and written, and, with two markers, what is different between them.

import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Access } from '../../../runtime/events.ts';
import { placeOf } from '../engine/names.ts';
import type { PanelProps } from './panels.ts';

/** Rows of a difference. */
const MOST_WORDS = 200;

/** What others can see first, then registers; what was written and is as it was, last. */
const weight = ({ object, old, value }: Access): number => (old === value ? 2 : object === 'frame' ? 1 : 0);

/** The panel. */
export function Changes({ session, view, act }: PanelProps): JSX.Element {
  const event = session.event();
  const { names } = session;
  const { a, b } = view.now;
  const between = useMemo(() => (a > 0 && b > 0 ? session.difference(Math.min(a, b), Math.max(a, b), MOST_WORDS) : undefined), [session, session.version, a, b]);
  return (
    <div class="changes">
      {event === undefined ? <p class="dim">Nothing has happened so far.</p> : (
        <>
          <p><b>{event.actor}</b> {event.state} · {event.name} → <b>{event.outcome}</b>{event.choices === undefined ? '' : `, choice ${event.choice! + 1} of ${event.choices}`}</p>
          {event.writes.length === 0 ? <p class="dim">It writes nothing.</p> : <table aria-label="What the step changed">
            <thead><tr><th scope="col">written</th><th scope="col">before</th><th scope="col">after</th><th scope="col"><span class="hidden">last written</span></th></tr></thead>
            <tbody>{event.writes.toSorted((x, y) => weight(x) - weight(y)).map((write, k) => <tr key={k} class={write.old === write.value ? 'same' : ''}><td>{placeOf(write)}</td><td>{names.value(write, write.old!)}</td><td>{names.value(write, write.value)}</td><td><WhyButton write={write} act={act} /></td></tr>)}</tbody>
          </table>}
          <details open={event.writes.length === 0}><summary>{event.reads.length === 1 ? '1 word' : `${event.reads.length} words`} read</summary>
            <table aria-label="What the step read"><tbody>{event.reads.map((read, k) => <tr key={k}><td>{placeOf(read)}</td><td>{names.value(read, read.value)}</td><td><WhyButton write={read} act={act} /></td></tr>)}</tbody></table>
          </details>
        </>
      )}
      {between === undefined ? null : (
        <>
          <h3>From A to B: {Math.abs(b - a).toLocaleString('en')} steps, {between.count.toLocaleString('en')} words differ</h3>
          <table aria-label="What differs between the markers"><tbody>{between.words.map((word, k) => <tr key={k}><td>{placeOf(word as unknown as Access)}</td><td>{word.aText ?? word.a}</td><td>{word.bText ?? word.b}</td></tr>)}</tbody></table>
          <p class="dim">{between.actors.map(({ name, steps }) => `${name} ${steps}`).join(', ')}</p>
        </>
      )}
    </div>
  );
}

/** Goes to the step that wrote a word before. */
function WhyButton({ write, act }: { readonly write: Access; readonly act: PanelProps['act'] }): JSX.Element {
  return <button type="button" class="small" onClick={() => act.why(placeOf(write))} aria-label={`why: who wrote ${placeOf(write)} before`} title="to the step that wrote it before">why</button>;
}
