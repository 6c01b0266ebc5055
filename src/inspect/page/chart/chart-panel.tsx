// The statechart of an actor: where it is, the way that it came, what it does next or why it cannot; beside it, if wanted, the same machine of
// another kernel, with what is different marked.

import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { kernels, weakKernels } from '../../../../machines/kernels/index.ts';
import type { Layouts } from '../../../export/machines/layout.ts';
import { isLaidOut, sceneOf, type Scene, type SceneBox } from '../../../export/machines/scene.ts';
import { sceneSvg } from '../../../export/machines/svg.ts';
import type { Kernel } from '../../../kernel/define.ts';
import { firstFrom } from '../engine/lanes.ts';
import type { ActorView, Session } from '../model.ts';
import { offerPicture } from '../ui/pictures.ts';
import type { PanelProps } from '../ui/panels.ts';
import { Chart } from './chart.tsx';
import { countSteps, impossibleIn, marksAgainst, visitsOf, type Visits } from './facts.ts';
import { useLayouts } from './load.ts';
import './chart.css';

/** The actor whose chart is shown: the chosen one, else who has made the step under the cursor. */
function shownActor(session: Session, chosen: number): number {
  if (chosen > 0) return chosen;
  const actor = session.at > 0 ? session.records.actor(session.at) : 0;
  return actor > 0 ? actor : 1;
}

/** A machine's drawing, where its layout is there. */
function drawing(kernel: Kernel, machine: string, layouts: Layouts | undefined): Scene | undefined {
  const spec = kernel.machines.find((one) => one.machine === machine);
  return spec !== undefined && layouts !== undefined && isLaidOut(kernel, spec, layouts) ? sceneOf(kernel, spec, layouts) : undefined;
}

function remembered<T>(known: Map<string, T>, key: string, make: () => T): T {
  if (!known.has(key)) known.set(key, make());
  return known.get(key)!;
}

/** Milliseconds after which a chart of another machine is drawn: who only passes by does not wait for it. */
const QUIET = 60;

/** The actor to show: at once where its machine is the one that is drawn already, else when nothing has moved for a moment. */
function useQuiet(session: Session, wanted: number): number {
  const [shown, show] = useState(wanted);
  const machine = (actor: number): string | undefined => session.opened.topology.actors[actor - 1]?.machine;
  const now = machine(shown) === machine(wanted) ? wanted : shown;
  useEffect(() => {
    if (wanted === shown) return undefined;
    const timer = setTimeout(() => show(wanted), QUIET);
    return () => clearTimeout(timer);
  }, [wanted, shown, session]);
  return session.opened.topology.actors[now - 1] === undefined ? wanted : now;
}

/** What an actor does next, or what it waits for. */
export function nextSentence({ name, leaf, ended, enabled, blockedOn, holders }: ActorView): string {
  if (ended) return `${name} has ended`;
  if (enabled) return `${name} is in ${leaf.path}; its next step is ${leaf.step}`;
  if (leaf.idle) return `${name} rests in ${leaf.path}${blockedOn === undefined ? '' : ` until somebody writes ${blockedOn.name}`}`;
  const whom = holders.length === 0 ? '' : `, held by ${holders.map((one) => one.name).join(' and ')}`;
  return `${name} is in ${leaf.path} and cannot go on: it waits for ${blockedOn?.name ?? 'something'}${blockedOn?.isLock === true ? whom : ''}`;
}

/** The panel. */
export function ChartPanel({ session, view, act }: PanelProps): JSX.Element {
  const { kernel } = session.opened;
  const actor = session.actor(useQuiet(session, shownActor(session, view.now.actor)))!;
  const [beside, setBeside] = useState('');
  const [follow, setFollow] = useState(true);
  const [fit, setFit] = useState(0);
  const [large, setLarge] = useState(false);
  const [pointed, setPointed] = useState<{ readonly box: SceneBox; readonly of: string }>();
  const layouts = useLayouts(kernel.name);
  const other = [...kernels, ...weakKernels].find(({ name }) => name === beside);
  const otherLayouts = useLayouts(other?.name);
  // Whoever steps on sees another actor with every step, and the same few machines again and again.
  const drawn = useMemo(() => new Map<string, Scene | undefined>(), [kernel, layouts]);
  const scene = remembered(drawn, actor.machine, () => drawing(kernel, actor.machine, layouts));
  const otherScene = useMemo(() => (other === undefined ? undefined : drawing(other, actor.machine, otherLayouts)), [other, actor.machine, otherLayouts]);
  const counts = useMemo(() => ({ steps: countSteps(kernel, session.records), visits: new Map<string, Visits>() }), [kernel, session.records, session.version, layouts]);
  const visits = scene === undefined ? undefined : remembered(counts.visits, actor.machine, () => visitsOf(counts.steps, scene));
  const impossible = useMemo(() => (scene === undefined ? new Set<string>() : impossibleIn(kernel, scene)), [kernel, scene]);
  const marks = useMemo(() => (scene !== undefined && otherScene !== undefined ? { here: marksAgainst(scene, otherScene), there: marksAgainst(otherScene, scene) } : undefined), [scene, otherScene]);
  const otherImpossible = useMemo(() => (other === undefined || otherScene === undefined ? new Set<string>() : impossibleIn(other, otherScene)), [other, otherScene]);
  useEffect(() => { if (scene !== undefined) offerPicture('chart', () => sceneSvg(scene)); }, [scene]);

  const head = (
    <div class="chart-tools panel-tools">
      <b>{actor.name}</b><span class="dim machine" title={`machine ${actor.machine}`}>{actor.machine}</span>
      <label class="check"><input type="checkbox" checked={follow} onChange={() => setFollow(!follow)} /> follow</label>
      <button type="button" class="small" onClick={() => { setFollow(false); setFit(fit + 1); }} title="all of the chart (0)">fit</button>
      <button type="button" class="small" aria-pressed={large} onClick={() => setLarge(!large)} title="over the whole page, and back">{large ? 'small' : 'large'}</button>
      <label class="check"><select aria-label="The same machine of another kernel, beside this one" title="the same machine of another kernel, beside this one" value={beside} onChange={(event) => setBeside(event.currentTarget.value)}>
        <option value="">beside…</option>
        {[...kernels, ...weakKernels].filter(({ name }) => name !== kernel.name).map(({ name }) => <option key={name} value={name}>{name}</option>)}
      </select></label>
    </div>
  );
  const said = <p class={`chart-next${actor.enabled || actor.leaf.idle ? '' : ' waits'}`} aria-live="polite">{nextSentence(actor)}. <span class="dim">{actor.leaf.description}</span></p>;
  const className = `chart-panel${large ? ' large' : ''}`;
  if (scene === undefined) {
    return <div class={className}>{head}{said}<p class="dim">{layouts === undefined ? 'The chart is being laid out.' : `There is no layout of ${actor.machine} of kernel ${kernel.name}, so there is no chart of it: the build makes those of the built-in kernels, and the package elkjs, where it is installed, those of others.`}</p></div>;
  }
  const last = lastOf(session, actor);
  const choose = (box: SceneBox): void => {
    const step = nextIn(session, actor, box.path);
    if (step === 0) act.say(`${actor.name} is never in ${box.path === '' ? box.name : box.path} in this run`);
    else session.go(step - 1);
  };
  const chart = { last, blocked: !actor.enabled && !actor.leaf.idle, follow, fit, onMove: () => setFollow(false) };
  return (
    <div class={className} onKeyDown={(event) => { if (event.key === 'Escape' && large) setLarge(false); }}>
      {head}
      {said}
      <div class={`charts${otherScene === undefined ? '' : ' two'}`}>
        <figure>
          {other === undefined ? null : <figcaption>kernel {kernel.name}{marks === undefined ? '' : `: ${counted(marks.here)}`}</figcaption>}
          <Chart id="here" {...chart} scene={scene} label={`${actor.machine}, kernel ${kernel.name}: ${actor.name} is in ${actor.leaf.path}. Arrow keys go from state to state, plus and minus zoom, 0 shows all.`}
            active={actor.leaf.path} visits={visits} impossible={impossible} marks={marks?.here} onState={(box) => setPointed(box === undefined ? undefined : { box, of: 'here' })} onChoose={choose} />
        </figure>
        {other === undefined ? null : otherScene === undefined ? <p class="dim">{otherLayouts === undefined ? 'The layout is being fetched.' : other.machines.some(({ machine }) => machine === actor.machine) ? `There is no layout of kernel ${other.name} here: a page in one file has that of its own kernel only.` : `Kernel ${other.name} has no machine ${actor.machine}.`}</p> : (
          <figure>
            <figcaption>kernel {other.name}{marks === undefined ? '' : `: ${counted(marks.there)}`}</figcaption>
            <Chart id="there" {...chart} scene={otherScene} label={`${actor.machine}, kernel ${other.name}`} active={actor.leaf.path} visits={undefined} impossible={otherImpossible} marks={marks?.there}
              onState={(box) => setPointed(box === undefined ? undefined : { box, of: 'there' })} onChoose={() => {}} />
          </figure>
        )}
      </div>
      <p class="chart-told" aria-live="polite">{pointed === undefined ? <Legend compared={marks !== undefined} />
        : <Told box={pointed.box} count={pointed.of === 'here' ? visits?.states.get(pointed.box.path) ?? 0 : undefined} impossible={(pointed.of === 'here' ? impossible : otherImpossible).has(pointed.box.path)} />}</p>
    </div>
  );
}

const counted = (marks: ReadonlyMap<string, string>): string => {
  const [only, changed] = ['only here', 'changed'].map((kind) => [...marks.values()].filter((one) => one === kind).length);
  return only === 0 && changed === 0 ? 'nothing that the other one has not' : `${only} only here, ${changed} changed`;
};

/** The actor's last step up to the cursor. */
function lastOf(session: Session, { number }: ActorView): { leaf: string; outcome: string; step: number } | undefined {
  const steps = session.lanes.steps[number]!;
  const step = steps[firstFrom(steps, session.at + 1) - 1];
  if (step === undefined) return undefined;
  const { records, names, opened: { kernel } } = session;
  return { leaf: kernel.table.leaves[records.leaf(step)]!.path, outcome: names.outcomes[records.outcome(step)]!, step };
}

/** The next step, behind the coming one and then from the beginning, that the actor makes in a state; 0: none. Behind the step before it, the actor is there. */
function nextIn(session: Session, { number }: ActorView, path: string): number {
  const { records, opened: { kernel } } = session;
  const steps = session.lanes.steps[number]!;
  const from = firstFrom(steps, session.at + 2);
  for (let k = 0; k < steps.length; k++) {
    const step = steps[(from + k) % steps.length]!;
    const leaf = kernel.table.leaves[records.leaf(step)]!.path;
    if (path === '' || leaf === path || leaf.startsWith(`${path}.`)) return step;
  }
  return 0;
}

function Told({ box: { path, name, kind, description, means }, count, impossible }: { readonly box: SceneBox; readonly count: number | undefined; readonly impossible: boolean }): JSX.Element {
  const often = impossible ? 'no schedule comes here: this kernel has no way to it' : count === undefined ? '' : count === 0 ? 'not seen in this run' : `${count.toLocaleString('en')} ${count === 1 ? 'step' : 'steps'} in this run`;
  return <><b>{path === '' ? name : path}</b> {description} <code>{means}</code> {kind === 'fragment' ? 'operation; ' : ''}{often}{count !== undefined && count > 0 ? <span class="dim"> · Enter or a double click goes to the next one</span> : null}</>;
}

function Legend({ compared }: { readonly compared: boolean }): JSX.Element {
  return (
    <span class="chart-legend dim">
      <i class="key here" /> here <i class="key seen" /> seen, often: darker <i class="key unseen" /> not seen <i class="key impossible" /> impossible <i class="key idle" /> rests
      {compared ? <><i class="key only-here" /> + only in this kernel <i class="key changed" /> ≠ otherwise in the other</> : null}
    </span>
  );
}
