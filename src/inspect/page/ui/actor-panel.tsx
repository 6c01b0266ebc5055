// Everybody at the cursor: where they stand, what they do next or what they wait for and who has it. Where they can go on, a button lets them:
// so a person is the scheduler.

import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { gmemFiles, hasHands, strokes } from '../engine/hands.ts';
import type { ActorView } from '../model.ts';
import type { PanelProps } from './panels.ts';

/** Actors that are listed, unless all are asked for. */
const MOST_ACTORS = 40;
/** Stands for the session beside this one. */
const BESIDE = 'beside';
/** Choices that get a button each. */
const MOST_CHOICES = 6;

/** The panel. */
export function Actors({ session, view, act }: PanelProps): JSX.Element {
  const [all, setAll] = useState(false);
  const actors = session.actors();
  const moving = all ? actors : actors.filter((one) => one.enabled || (one.blockedOn?.isLock && !one.leaf.idle) || one.holds.length > 0 || (!one.leaf.idle && !one.ended) || one.number === view.now.actor);
  // The chosen one, and who has made the step, are among them.
  const last = session.at > 0 ? session.records.actor(session.at) : 0;
  const first = moving.filter(({ number }) => number === view.now.actor || number === last);
  const shown = all ? moving : [...first, ...moving.filter((one) => !first.includes(one))].slice(0, MOST_ACTORS).toSorted((x, y) => x.number - y.number);
  const { opened } = session;
  const menu = useMemo(() => strokes(opened.topology, opened.kernel, gmemFiles(opened.scenario)), [opened]);
  const options = useMemo(() => menu.map((one, k) => <option key={one.label} value={k}>{one.label}</option>), [menu]);
  const next = session.at < session.length ? session.records.actor(session.at + 1) : 0;
  return (
    <div class="actors">
      <div class="scheduler" role="group" aria-label="Be the scheduler">
        <span class="dim">{!actors.some(({ enabled }) => enabled) ? (actors.every(({ ended, leaf }) => ended || leaf.idle) ? 'Everybody has ended or rests.' : 'Nobody can go on.') : session.at === session.length ? 'At the end: who goes on?' : 'Who goes next? The run forks here.'}</span>
        <select aria-label="Put something in" value="" onChange={(event) => {
          const stroke = menu[Number(event.currentTarget.value)];
          event.currentTarget.value = '';
          if (stroke !== undefined) act.strike(stroke);
        }}>
          <option value="">put in…</option>
          {options}
        </select>
        <button type="button" onClick={() => act.runOn()} title="lets chance choose, until nobody can go on or something breaks">run on</button>
        {session.branches.length > 1 || session.beside !== undefined ? (
          <label>run <select aria-label="Runs that are kept" value={session.branch} onChange={(event) => { if (event.currentTarget.value === BESIDE) act.open(session.beside!); else session.show(Number(event.currentTarget.value)); }}>
            {session.branches.map((one, k) => <option key={k} value={k}>{one.name}</option>)}
            {session.beside === undefined ? null : <option value={BESIDE}>{hasHands(opened.topology) ? 'before something was put in' : 'with what was put in'}</option>}
          </select></label>
        ) : null}
      </div>
      {menu.length === 0 ? <p class="dim">The scenario makes no gmem file by name, so there is nothing to punch or to strike.</p> : null}
      <ul class="actor-list" aria-label="Actors">
        {shown.map((one) => <ActorRow key={one.number} one={one} next={one.number === next} chosen={one.number === view.now.actor} choose={() => view.set({ actor: one.number === view.now.actor ? 0 : one.number })}
          go={(choice) => act.choose(one.number, choice)} lock={(id) => view.set({ object: view.now.object === id ? -1 : id })} object={view.now.object} step={(n) => session.go(n)} />)}
      </ul>
      {shown.length < actors.length || all ? <button type="button" class="small" onClick={() => setAll(!all)}>{all ? 'only those who can go on, wait or hold something' : `all ${actors.length} actors`}</button> : null}
      {hasHands(opened.topology) ? <p class="dim">hand and strike do what is put in.</p> : null}
      {view.now.object >= 0 ? <p>chosen: {session.names.object(view.now.object)} <button type="button" class="small" onClick={() => act.key('w')}>next time somebody waits for it</button></p> : null}
    </div>
  );
}

interface RowProps {
  readonly one: ActorView; readonly next: boolean; readonly chosen: boolean; readonly object: number;
  readonly choose: () => void; readonly go: (choice: number) => void; readonly lock: (id: number) => void; readonly step: (step: number) => void;
}

function ActorRow({ one, next, chosen, object, choose, go, lock, step }: RowProps): JSX.Element {
  const { leaf, blockedOn, holders } = one;
  const [choice, setChoice] = useState(1);
  const button = next ? 'go next' : 'go';
  return (
    <li class={`actor${chosen ? ' chosen' : ''}${one.enabled ? '' : ' still'}`}>
      <button type="button" class="actor-name" aria-pressed={chosen} onClick={choose} title={`machine ${one.machine}`}>{one.name}</button>
      <span class="actor-state" title={leaf.description}>{leaf.path}</span>
      {one.ended ? <span class="dim">has ended</span> : one.enabled ? (
        <span class="actor-go">
          {one.choices <= 1 ? <button type="button" class={button} onClick={() => go(0)} aria-label={`let ${one.name} take its next step, ${leaf.step}`} title={next ? 'the run goes on with this one' : leaf.description}>{leaf.step}</button>
            : one.choices <= MOST_CHOICES ? Array.from({ length: one.choices }, (_one, k) => <button key={k} type="button" class={button} onClick={() => go(k)} aria-label={`let ${one.name} take ${leaf.step} ${k + 1}/${one.choices}`}>{k === 0 ? `${leaf.step} ` : ''}{k + 1}/{one.choices}</button>)
              : <>
                <button type="button" class={button} onClick={() => go(choice - 1)} aria-label={`let ${one.name} take ${leaf.step} with choice ${choice} of ${one.choices}`}>{leaf.step}</button>
                <label class="dim"><input class="choice" type="number" min={1} max={one.choices} value={choice} aria-label={`choice of ${one.name}`} onChange={(event) => setChoice(Math.max(1, Math.min(one.choices, Number(event.currentTarget.value) || 1)))} /> of {one.choices}</label>
              </>}
        </span>
      ) : (
        blockedOn?.isLock && !leaf.idle
          ? <span class="waits">waits for {blockedOn.name}{holders.length === 0 ? '' : `, which ${holders.map((who) => who.name).join(', ')} ${holders.length === 1 ? 'has' : 'have'}`}</span>
          : <span class="dim" title={blockedOn === undefined ? '' : `until somebody writes ${blockedOn.name}`}>{leaf.idle ? 'rests' : blockedOn?.name.startsWith('mailbox') ? 'waits for an answer' : `waits for ${blockedOn?.name}`}</span>
      )}
      {one.holds.length === 0 ? null : <span class="holds">{one.holds.map((held) => (
        <button key={held.id} type="button" class={object === held.id ? 'lock chosen' : 'lock'} aria-pressed={object === held.id} onClick={() => lock(held.id)} onDblClick={() => step(held.since)} title={`held ${held.exclusive ? 'exclusively' : 'shared'} since step ${held.since}; double click goes there`}>{held.name}</button>
      ))}</span>}
    </li>
  );
}
