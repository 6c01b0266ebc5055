// A run on real threads that goes on: counters, and where everybody was when the last sample was taken. Pause, and look at all of it.

import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { builtinKernel } from '../../../../machines/kernels/index.ts';
import { isLaidOut, sceneOf } from '../../../export/machines/scene.ts';
import type { Kernel } from '../../../kernel/define.ts';
import { Chart } from '../chart/chart.tsx';
import { impossibleIn, visitsOf } from '../chart/facts.ts';
import { useLayouts } from '../chart/load.ts';
import { topologyOf } from '../engine/open.ts';
import { outcome } from '../../../memory/outcome.ts';
import { outcomeNames } from '../../../trace/outcomes.ts';
import { builtinScenario } from '../../../scenario/builtin/index.ts';
import type { Sample } from '../../sample.ts';
import { ownKernel } from '../engine/own-kernel.ts';
import type { Given } from '../source.ts';

/** What the counters are called. */
const COUNTERS: readonly (readonly [keyof Sample['metrics'], string])[] = [
  ['faultsFixed', 'faults fixed'], ['faultsRetried', 'faults tried again'], ['staleFaults', 'of those found stale'], ['faultsExited', 'faults left to userspace'], ['conversions', 'conversions'],
  ['punches', 'holes punched'], ['memoryErrors', 'memory errors'], ['lockWaits', 'waits for locks'],
];

interface Props { readonly given: Given; readonly look: () => void }

interface ChartProps { readonly kernel: Kernel; readonly machine: string; readonly name: string; readonly active: string; readonly last: readonly [leaf: number, outcome: number] | undefined; readonly sample: Sample | undefined }

/** The chart of an actor as of the last sample, with true counts of what was visited. */
function LiveChart({ kernel, machine, name, active, last, sample }: ChartProps): JSX.Element {
  const layouts = useLayouts(kernel.name);
  const scene = useMemo(() => {
    const spec = kernel.machines.find((one) => one.machine === machine);
    return spec !== undefined && layouts !== undefined && isLaidOut(kernel, spec, layouts) ? sceneOf(kernel, spec, layouts) : undefined;
  }, [kernel, machine, layouts]);
  const impossible = useMemo(() => (scene === undefined ? new Set<string>() : impossibleIn(kernel, scene)), [kernel, scene]);
  const visits = useMemo(() => {
    if (scene === undefined) return undefined;
    const outcomes = outcomeNames(kernel.table);
    const of = new Int32Array(kernel.table.leaves.length * outcomes.length);
    for (const [leaf, number, times] of sample?.taken ?? []) of[leaf * outcomes.length + number] = Math.min(times, 0x7fff_ffff);
    return visitsOf({ kernel, of, outcomes }, scene);
  }, [scene, sample]);
  if (scene === undefined) return <p class="dim live-note">{layouts === undefined ? 'The chart is being laid out.' : `There is no layout of machine ${machine}.`}</p>;
  const leaf = last === undefined || last[0] < 0 ? undefined : kernel.table.leaves[last[0]];
  const transition = leaf === undefined ? undefined : { leaf: leaf.path, outcome: outcomeNames(kernel.table)[last![1]] ?? 'ok', step: sample!.all };
  return (
    <div class="live-chart">
      <Chart id="live-chart" scene={scene} label={`Statechart of ${name}`} active={active} last={transition} visits={visits} impossible={impossible} blocked={false} follow={true} onState={() => {}} onChoose={() => {}} onMove={() => {}} fit={0} />
    </div>
  );
}

/** The run while it goes on. */
export function Live({ given, look }: Props): JSX.Element {
  const [sample, setSample] = useState<Sample>();
  const [lost, setLost] = useState(false);
  const [{ kernel, topology }] = useState(() => {
    const found = ownKernel()?.kernel ?? builtinKernel(given.kernel ?? '')!;
    const scenario = typeof given.scenario === 'string' ? builtinScenario(given.scenario) : given.scenario;
    return { kernel: found, topology: topologyOf(scenario, found) };
  });
  useEffect(() => {
    const events = new EventSource('live');
    events.onmessage = (event) => {
      setLost(false);
      setSample(JSON.parse(String(event.data)) as Sample);
    };
    events.onerror = () => setLost(true);
    return () => events.close();
  }, []);
  const [chosen, choose] = useState(0);
  const names = outcomeNames(kernel.table);
  const stateOf = (actor: number): { path: string; step: string; idle: boolean } => {
    const [leaf, number] = sample?.places[actor] ?? [-1, 0];
    const to = leaf < 0 ? kernel.table.initial.get(topology.actors[actor]!.machine)! : kernel.table.next[leaf * kernel.table.width + outcome(names[number] ?? 'ok')]!;
    return kernel.table.leaves[to] ?? { path: '', step: '', idle: true };
  };
  const total = Math.max(1, ...(sample?.stepsOf ?? []));
  return (
    <main class="live">
      <header class="verdicts"><div class="verdict-head">
        <h1>{given.live} <small>on {kernel.name}, on real threads, lap {sample?.lap ?? 0} (seed {sample?.seed ?? '–'})</small></h1>
        {sample?.ended === undefined
          ? <span class={lost ? 'ending bad' : 'ending'} role="status">{lost ? 'the server has ended' : `${sample !== undefined && sample.lap > 1 && sample.steps === 0 ? `lap ${sample.lap} begins` : 'it goes on'}; nothing is broken so far`}</span>
          : <span class="ending bad" role="status">{sample.ended.sentence ?? sample.ended.why}</span>}
        <button type="button" onClick={look} class="look" disabled={lost}>{sample?.ended === undefined ? 'pause and look' : 'look at it'}</button>
      </div></header>
      <dl class="counters" aria-label="Counters">
        <div><dt>steps</dt><dd id="live-steps">{(sample?.all ?? 0).toLocaleString('en')}</dd></div>
        <div><dt>steps a second</dt><dd>{(sample?.perSecond ?? 0).toLocaleString('en')}</dd></div>
        {COUNTERS.map(([key, name]) => <div key={key}><dt>{name}</dt><dd>{(sample?.metrics[key] ?? 0).toLocaleString('en')}</dd></div>)}
      </dl>
      <p class="dim live-note">Counters count every step. Places are those of the last sample. A lap can be looked at as a whole, from its first step on.</p>
      <LiveChart kernel={kernel} machine={topology.actors[chosen]!.machine} name={topology.actors[chosen]!.name} active={stateOf(chosen).path} last={sample?.places[chosen]} sample={sample} />
      <ul class="live-actors" aria-label="Actors">
        {topology.actors.map((actor, k) => {
          const { path, idle } = stateOf(k);
          return (
            <li key={actor.name}>
              <button type="button" class={k === chosen ? 'actor-name chosen' : 'actor-name'} aria-pressed={k === chosen} onClick={() => choose(k)} title={`the chart of machine ${actor.machine}`}>{actor.name}</button> <span class={idle ? 'actor-state dim' : 'actor-state'}>{path}</span>
              <span class="live-bar" aria-hidden="true"><span style={{ width: `${((sample?.stepsOf[k] ?? 0) / total) * 100}%` }} /></span>
              <span class="live-count">{(sample?.stepsOf[k] ?? 0).toLocaleString('en')}</span>
            </li>
          );
        })}
      </ul>
    </main>
  );
}
