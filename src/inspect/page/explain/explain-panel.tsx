// Why a run fails: the sentence, the two steps whose order decides, who waits for whom, the run beside its passing twin, and the step behind which
// it could not be avoided any more.

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ExplainedStep, Reordering } from '../../../check/explanation.ts';
import { invariants } from '../../../check/invariants/index.ts';
import { stepText, type ReportedStep } from '../../../check/report.ts';
import type { Schedule } from '../../../explore/schedule.ts';
import type { Topology } from '../../../scenario/topology.ts';
import { deadlockOf, deadlockSentence, type Deadlock } from '../engine/deadlock.ts';
import type { Entry } from '../engine/link.ts';
import { openScheduled } from '../engine/open.ts';
import { Session } from '../model.ts';
import type { PanelProps } from '../ui/panels.ts';
import { Explaining, failureOf, type Explained } from './explaining.ts';
import './explain.css';

/** Steps that are listed around what matters. */
const ROWS = 40;

const entries = (topology: Topology, schedule: Schedule | readonly ReportedStep[]): Entry[] => schedule.map(({ actor, choice }) => ({ actor: topology.actors[actor - 1]!.name, times: 1, ...(choice === undefined || choice < 0 ? {} : { choice }) }));

/** The panel. */
export function Explain({ session, view, act }: PanelProps): JSX.Element {
  const [, again] = useState(0);
  const work = useRef<{ readonly of: Session; readonly version: number; readonly explaining: Explaining }>(undefined);
  const current = work.current !== undefined && work.current.of === session && work.current.version === session.version ? work.current.explaining : undefined;
  useEffect(() => () => work.current?.explaining.stop(), [session]);
  const result = current?.result;
  const noReturn = result?.own === true ? result.noReturn ?? 0 : 0;
  useEffect(() => { if (view.now.noReturn !== noReturn) view.set({ noReturn }); }, [noReturn]);
  const failure = failureOf(session);
  const deadlock = session.ending()?.why === 'deadlock' ? session.deadlock ?? (session.at === session.length ? deadlockOf(session.actors()) : undefined) : undefined;
  const waits = deadlock === undefined ? null : <Waits deadlock={deadlock} />;
  if (typeof failure === 'string') return <div class="explain">{deadlock === undefined ? null : <p class="explain-sentence"><b>deadlock</b> {deadlockSentence(deadlock)}</p>}{waits}<p class="dim">{failure}</p></div>;
  const start = (smallest: boolean): void => {
    work.current?.explaining.stop();
    const explaining = new Explaining(session, () => again((n) => n + 1));
    work.current = { of: session, version: session.version, explaining };
    void explaining.run(smallest);
  };
  const statement = invariants.find(({ id }) => id === failure.id)?.statement;
  return (
    <div class="explain">
      <p class="explain-sentence"><b>{failure.id}</b> {failure.sentence}</p>
      <p class="explain-tools">
        <button type="button" onClick={() => start(false)}>explain</button>
        <button type="button" onClick={() => start(true)} title="the fewest context switches, actors, operations and steps that break the same">explain the smallest run</button>
        {current !== undefined && current.doing !== '' ? <span role="status">{current.doing} … <button type="button" class="small" onClick={() => current.stop()}>enough</button></span> : null}
      </p>
      {current?.problem === undefined ? null : <p role="alert">{current.problem}</p>}
      {result === undefined ? waits : <Result session={session} result={result} act={act} />}
      {statement === undefined ? null : <p class="dim">{failure.id}: {statement}</p>}
    </div>
  );
}

/** What of the run that is shown the smallest one does without. */
function leftOut({ records, names }: Session, { shrunk, topology, schedule }: Explained): string {
  const { before, after } = shrunk!;
  const needed = new Set(schedule.map(({ actor }) => topology.actors[actor - 1]!.name));
  const idle = [...new Set(Array.from({ length: before.steps }, (_one, k) => names.actors[records.actor(k + 1)]!))].filter((name) => !needed.has(name));
  const operations = (before.operations ?? 0) - (after.operations ?? 0);
  const parts = [...(operations > 0 ? [`${operations} of ${before.operations} operations`] : []), ...(idle.length > 0 ? [`every step of ${idle.join(', ')}`] : [])];
  return parts.length === 0 ? '' : ` Left out: ${parts.join('; ')}.`;
}

/** Who waits for whom, as it stands: without playing the run again. */
function Waits({ deadlock: { waits } }: { readonly deadlock: Deadlock }): JSX.Element {
  return <ul class="explain-waits" aria-label="Who waits for whom">{waits.map(({ actor, object, holders }) => <li key={actor}><b>{actor}</b> waits for {object}{holders.length === 0 ? null : <> of <b>{holders.join(', ')}</b></>}</li>)}</ul>;
}

function Result({ session, result, act }: { readonly session: Session; readonly result: Explained; readonly act: PanelProps['act'] }): JSX.Element {
  const { own, topology, schedule, shrunk, explanation: { steps, pair, reordering, waits }, noReturn, unknown } = result;
  const go = own ? (step: number): void => session.go(step) : undefined;
  const open = (): void => {
    const { opened } = session;
    const smaller = new Session(openScheduled({ scenario: result.scenario!, kernel: opened.kernel.name, seed: opened.seed }, (one) => one, opened.own));
    smaller.take(entries(topology, schedule));
    act.open(smaller);
  };
  const twin = (): void => {
    let same = 0;
    while (same < steps.length && same < reordering!.steps.length && steps[same]!.actor === reordering!.steps[same]!.actor && steps[same]!.choice === reordering!.steps[same]!.choice) same++;
    session.go(same);
    session.take(entries(topology, reordering!.steps.slice(same)));
    act.say('the run that passes is shown now; the one that fails is kept, and chosen beside the actors');
  };
  return (
    <>
      {shrunk === undefined ? null : (
        <p>A run that breaks the same in {shrunk.after.steps} steps and {shrunk.after.switches} context {shrunk.after.switches === 1 ? 'switch' : 'switches'}{shrunk.fewest ? ', with fewer of which none does' : ''}; it was {shrunk.before.steps} and {shrunk.before.switches}.
          {leftOut(session, result)}{result.scenario === undefined ? null : <> <button type="button" onClick={open}>open it</button></>}</p>
      )}
      <p class="explain-return">{noReturn === undefined ? <span class="dim">Point of no return: not known, since {unknown}.</span>
        : noReturn === 0 ? 'Point of no return: there is none; whatever anybody does, it comes to this.'
          : <>Point of no return: <Step at={noReturn} go={go} /> of {topology.actors[schedule[noReturn - 1]!.actor - 1]!.name}{noReturn === schedule.length ? ', the last' : ''}; in front of it, it could still be avoided.</>}</p>
      {pair === undefined ? null : (
        <div class="pair" role="group" aria-label="The racing pair">
          <Racer letter="A" step={pair.first} objects={pair.objects} go={go} />
          <Racer letter="B" step={pair.second} objects={pair.objects} go={go} />
          <p>It fails because A comes before B. {pair.ordered ? 'Locks or messages put B behind A once A is first; nothing says which of them is.' : `Nothing orders them, no lock, message or reference${pair.missing.length === 0 ? '' : `; ${pair.missing.join(', ')} is held on one side only`}.`}</p>
        </div>
      )}
      {waits.length === 0 ? null : <ul class="explain-waits" aria-label="Who waits for whom">{waits.map(({ actor, object, holders }) => <li key={`${actor} ${object}`}><b>{actor}</b> waits for {object}{holders.map(({ actor: holder, since }) => <span key={holder}> of <b>{holder}</b>{since === undefined ? '' : since === 0 ? ', since before the run' : <>, since <Step at={since} go={go} /></>}</span>)}</li>)}</ul>}
      <div class={`twins${reordering === undefined ? '' : ' two'}`}>
        <Run title={`fails, ${steps.length} steps`} session={session} topology={topology} steps={steps} around={pair?.first.at ?? steps.length} go={go}
          mark={(step) => (step === pair?.first.at ? 'A' : step === pair?.second.at ? 'B' : step === steps.length ? '✗' : step === noReturn ? '!' : '')} moved={(step) => reordering !== undefined && isMoved(steps, reordering, step)} />
        {reordering === undefined ? <p class="dim">No other order of these steps was found that passes.</p>
          : <Run title={`passes: ${movedText(reordering)}`} session={session} topology={topology} steps={reordering.steps} around={beginOf(reordering)} go={undefined} mark={() => ''}
            moved={(step) => step >= beginOf(reordering) && step < beginOf(reordering) + (reordering.place === 'until' ? 1 : reordering.moved)} />}
      </div>
      {reordering === undefined || !own ? null : <p><button type="button" onClick={twin}>show the run that passes</button></p>}
    </>
  );
}

/** Where, in the passing run, what was moved begins. */
const beginOf = ({ place, step, moved }: Reordering): number => (place === 'behind' ? step - moved + 1 : step);

/** Is a step of the failing run one of those that are moved? */
const isMoved = (steps: readonly ReportedStep[], { from, to }: Reordering, step: number): boolean => step >= from && step <= to && steps[step - 1]!.actor === steps[from - 1]!.actor;

const movedText = ({ actor, from, to, moved, place, step }: Reordering): string => {
  const what = moved === 1 ? `step ${from} of ${actor}` : `${moved} steps of ${actor}, ${from} to ${to},`;
  return place === 'until' ? `${what} ${moved === 1 ? 'waits' : 'wait'} until another has gone on` : `${what} ${moved === 1 ? 'comes' : 'come'} ${place === 'before' ? 'in front of' : 'behind'} step ${step}`;
};

type Go = ((step: number) => void) | undefined;

function Step({ at, go }: { readonly at: number; readonly go: Go }): JSX.Element {
  return go === undefined ? <>step {at}</> : <button type="button" class="small" onClick={() => go(at)}>step {at}</button>;
}

function Racer({ letter, step: { at, actor, step, leaf, wrote, holds }, objects, go }: { readonly letter: string; readonly step: ExplainedStep; readonly objects: readonly string[]; readonly go: Go }): JSX.Element {
  return <p class="racer"><b class="letter">{letter}</b> <Step at={at} go={go} />: <b>{actor}</b> {wrote ? 'writes' : 'reads'} {objects.join(', ')} in {step} <span class="dim">({leaf})</span>, holding {holds.length === 0 ? 'no lock' : holds.join(', ')}</p>;
}

interface RunProps {
  readonly title: string; readonly session: Session; readonly topology: Topology; readonly steps: readonly ReportedStep[]; readonly around: number; readonly go: Go;
  readonly mark: (step: number) => string; readonly moved: (step: number) => boolean;
}

function Run({ title, session, topology, steps, around, go, mark, moved }: RunProps): JSX.Element {
  const first = Math.max(0, Math.min(steps.length - ROWS, around - ROWS / 2));
  const { table } = session.opened.kernel;
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <ol class="twin">
        {steps.slice(first, first + ROWS).map((one, k) => {
          const at = first + k + 1;
          const text = <><span class="number">{at}</span><b class="letter">{mark(at)}</b> {topology.actors[one.actor - 1]?.name}: {stepText(table, one)}</>;
          return <li key={at} class={moved(at) ? 'moved' : ''}>{go === undefined ? text : <button type="button" class="moment" onClick={() => go(at)}>{text}</button>}</li>;
        })}
      </ol>
      {steps.length > ROWS ? <p class="dim">{ROWS} of {steps.length} steps</p> : null}
    </section>
  );
}
