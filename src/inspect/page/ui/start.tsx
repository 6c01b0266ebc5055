// Runs to choose from, when there is none to show.

import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { FIRST_RUNS } from '../engine/first-runs.ts';

/** The list: each run is a link, and has a key. `own`: what the command, or the file, has given. */
export function Start({ own }: { readonly own: string | undefined }): JSX.Element {
  useEffect(() => {
    const down = (event: KeyboardEvent): void => {
      const run = FIRST_RUNS[Number(event.key) - 1];
      if (run !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) location.hash = run.link;
    };
    addEventListener('keydown', down);
    return () => removeEventListener('keydown', down);
  }, []);
  return (
    <main class="start">
      <h1>faultline</h1>
      <p>Runs to look at; each is executed here, and can be played in another way from any step on.</p>
      <ol class="runs" aria-label="Runs">
        {FIRST_RUNS.map(({ title, about, link }, k) => <li key={link}><kbd>{k + 1}</kbd> <a href={`#${link}`}>{title}</a><p class="dim">{about}</p></li>)}
      </ol>
      {own === undefined ? null : <p><a href="#">{own}</a>, with which the page was opened</p>}
      <p class="dim">A scenario of your own, or a trace: <code>faultline inspect FILE</code>. The last run that was recorded: <code>faultline run SCENARIO</code>, then <code>faultline inspect</code>.</p>
    </main>
  );
}
