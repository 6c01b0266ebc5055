// The first row: what the run is, how it ended, and what every invariant says of it.

import type { JSX } from 'preact';
import type { Session, Verdict } from '../model.ts';

const SIGNS: Readonly<Record<Verdict['state'], string>> = { violated: '✗', held: '✓', 'not exercised': '–', unknown: '…' };
const ORDER: readonly Verdict['state'][] = ['violated', 'unknown', 'held', 'not exercised'];

/** How the run ended, in a sentence. */
export function endingText(session: Session): { readonly text: string; readonly bad: boolean; readonly step: number } {
  const ending = session.ending();
  const broken = session.verdicts().find(({ state }) => state === 'violated');
  if (broken !== undefined) return { text: `${broken.invariant.id} broken by step ${broken.step}: ${broken.sentence}`, bad: true, step: broken.step! };
  if (ending === undefined) return { text: session.forkedAt === undefined ? 'nobody knows how it ended: the end of the trace is missing' : `forked behind step ${session.forkedAt}; nothing is broken so far`, bad: false, step: session.length };
  if (ending.id !== undefined) return { text: `${ending.id}: ${ending.sentence}`, bad: true, step: ending.step };
  if (ending.why === 'deadlock') return { text: `deadlock: ${ending.sentence ?? 'nobody can go on'} behind step ${ending.step}`, bad: true, step: ending.step };
  return { text: ending.why === 'finished' ? 'came to its end; nothing is broken' : `ended by its limit of ${ending.why}; nothing is broken`, bad: false, step: ending.step };
}

interface Props { readonly session: Session; readonly tools: JSX.Element }

/** The bar. */
export function VerdictBar({ session, tools }: Props): JSX.Element {
  const { opened, scan } = session;
  const ending = endingText(session);
  const verdicts = session.verdicts().toSorted((x, y) => ORDER.indexOf(x.state) - ORDER.indexOf(y.state));
  const looked = session.length === 0 ? 100 : Math.floor((scan.at / session.length) * 100);
  return (
    <header class="verdicts">
      <div class="verdict-head">
        <h1 title={opened.scenario.title ?? ''}>{String(opened.scenario.name)} <small>on {opened.kernel.name}{opened.runtime === 'threads' ? ', on real threads' : `, seed ${opened.seed}`}, {session.length.toLocaleString('en')} steps{scan.done ? '' : `, looked through to ${looked} %`}</small></h1>
        <button type="button" class={ending.bad ? 'ending bad' : 'ending'} onClick={() => session.go(ending.step)} title={`${ending.text}: go there`}>{ending.text}</button>
        {tools}
      </div>
      <ul class="chips" aria-label="Invariants">
        {verdicts.map(({ invariant, state, step, evaluated }) => (
          <li key={invariant.id}>
            <button type="button" class={`chip ${state.replace(' ', '-')}`} disabled={step === undefined} onClick={() => session.go(step!)}
              title={`${invariant.id}, ${invariant.title}: ${state}${step === undefined ? '' : ` by step ${step}`}; evaluated ${evaluated.toLocaleString('en')} times. ${invariant.statement}`}>
              <span aria-hidden="true">{SIGNS[state]}</span> {invariant.id}{step === undefined ? '' : ` @${step}`}<span class="hidden"> {state}</span>
            </button>
          </li>
        ))}
      </ul>
      {session.problem === undefined ? null : <p class="banner" role="alert">{session.problem}. What stands before it is shown.</p>}
    </header>
  );
}
