// The page as a whole: verdicts, timeline, then the list of steps and the panels; keys, and the sentence at the bottom.

import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { cellsNamed } from '../../../runtime/cell-name.ts';
import { commandOf, testOf, traceName } from '../engine/copies.ts';
import { linkText } from '../engine/link.ts';
import { errorSentence } from '../engine/own-kernel.ts';
import { runOn } from '../engine/run-on.ts';
import { traceOf } from '../engine/save-trace.ts';
import { sentence } from '../engine/sentence.ts';
import { currentLink } from '../address.ts';
import { failureOf } from '../explain/explaining.ts';
import type { Session } from '../model.ts';
import type { View } from '../view.ts';
import { EventList } from './event-list.tsx';
import { Icon } from './icon.tsx';
import { Help } from './help.tsx';
import { press, type Acting } from './keys.ts';
import { palette } from './palette.ts';
import { panels, type Actions, type Panel } from './panels.ts';
import { download, savePicture } from './pictures.ts';
import { Timeline, type TimelineControl } from './timeline.tsx';
import { Transport } from './transport.tsx';
import { LARGE_WORLD, useCalm } from './use-calm.ts';
import { useSession, useView } from './use-session.ts';
import { VerdictBar } from './verdict-bar.tsx';

/** Says why there is nothing to show, and leads on to what there is. */
export function Failed({ message }: { readonly message: string }): JSX.Element {
  return <main class="failed"><h1>faultline</h1><p role="alert">{message}</p><nav><a class="button" href="#">what this page was opened for</a> <a class="button" href="#start">other runs to look at</a></nav></main>;
}

const THEMES = ['', 'light', 'dark'] as const;

interface Props { readonly session: Session; readonly view: View; readonly replace: (session: Session) => void; readonly top?: JSX.Element | undefined }

/** Everything. */
export function App({ session, view, replace, top }: Props): JSX.Element {
  useSession(session);
  useView(view);
  const [help, setHelp] = useState(false);
  const [playing, play] = useState(false);
  const [said, say] = useState('');
  const [theme, setTheme] = useState<(typeof THEMES)[number]>('');
  const [dark, setDark] = useState(0);
  const timeline = useRef<TimelineControl>(undefined);
  useEffect(() => {
    if (theme === '') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
    setDark((n) => n + 1);
    const media = matchMedia('(prefers-color-scheme: dark)');
    const changed = (): void => setDark((n) => n + 1);
    media.addEventListener('change', changed);
    return () => media.removeEventListener('change', changed);
  }, [theme]);
  const colors = useMemo(() => palette(), [dark]);
  useEffect(() => { performance.mark('faultline-shown'); }, []);

  /** What a person does wrong is said, and changes nothing. */
  const trying = (act: () => void): void => {
    try {
      say('');
      act();
    } catch (error) {
      say(errorSentence(error));
    }
  };
  /** Puts a text on the clipboard and says so; where a browser does not let it, says `otherwise` and does `instead`. */
  const copy = (text: string, copied: string, otherwise: string, instead: () => void = () => {}): void => {
    const cannot = (): void => {
      instead();
      say(otherwise);
    };
    if (navigator.clipboard === undefined) cannot();
    else void navigator.clipboard.writeText(text).then(() => say(copied), cannot);
  };
  const acting: Acting = {
    session, view, say, zoom: (factor) => timeline.current?.zoom(factor), play: () => play(!playing), help: () => setHelp(true),
    focus: (id) => {
      const field = document.getElementById(id) as HTMLInputElement | null;
      field?.focus();
      field?.select();
    },
    theme: () => setTheme(THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!),
    link: () => trying(() => {
      const link = currentLink(session, view);
      if (link === undefined) throw new Error('the schedule of this run is too long for an address; send the trace, or: faultline export TRACE --format html');
      copy(`${location.href.replace(/#.*$/s, '')}#${linkText(link)}`, 'the address of this state is copied; it is the one in the address bar', 'the address of this state is the one in the address bar');
    }),
    command: () => trying(() => {
      const { command, save } = commandOf(session);
      // A page that is a file has its trace in it.
      copy(command, `copied: ${command}${save || location.protocol === 'file:' ? ', for the trace that "save trace" saves' : ''}`, command);
    }),
    test: () => trying(() => {
      const text = testOf(session, failureOf(session));
      copy(text, 'a test that replays what breaks is copied, to be pasted into a file of yours', 'the test cannot be copied here; it is saved instead', () => download('replays.test.ts', new Blob([text])));
    }),
  };
  const act: Actions = {
    key: (key) => trying(() => { press(key, acting); }),
    choose: (actor, choice) => trying(() => { session.choose(actor, choice); }),
    strike: (stroke) => trying(() => {
      const handed = session.taking === undefined ? session.withHands() : session;
      if (!handed.tell(stroke.to, stroke.do)) throw new Error(`${stroke.to} is still busy with what it was told last; let it go on first`);
      if (handed !== session) replace(handed);
      say(`${stroke.label}: ${stroke.to} does it when you let it go on`);
    }),
    runOn: () => trying(() => say(runOn(session))),
    why: (word) => trying(() => {
      const { id, cells } = cellsNamed(session.world, word);
      const step = session.lastWriter(id, cells[0]!, session.at - 1);
      if (step === 0) say(`${word} has not been written before, since the run began`);
      else session.go(step);
    }),
    open: (other) => replace(other),
    say,
  };
  useEffect(() => {
    const down = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || help) return;
      const target = event.target as HTMLElement;
      if (event.key === 'Escape' && target instanceof HTMLInputElement) {
        target.blur();
        return;
      }
      if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || (target instanceof HTMLInputElement && target.type !== 'range' && target.type !== 'checkbox')) return;
      // Buttons are pressed with the space bar.
      if (event.key === ' ' && (target instanceof HTMLButtonElement || target instanceof HTMLInputElement || target.tagName === 'SUMMARY')) return;
      let known = false;
      trying(() => { known = press(event.key, acting); });
      if (known) event.preventDefault();
    };
    addEventListener('keydown', down);
    return () => removeEventListener('keydown', down);
  });

  const event = session.event();
  const leaf = event === undefined || session.records.actor(session.at) === 0 ? undefined : session.opened.kernel.table.leaves[session.records.leaf(session.at)];
  const column = (which: Panel['column']): JSX.Element => (
    <div class={`column ${which}`}>{panels.filter((one) => one.column === which).map((panel) => <PanelFrame key={panel.id} panel={panel} session={session} view={view} act={act} />)}</div>
  );
  const save = (): void => trying(() => {
    const name = traceName(session);
    download(name, new Blob([new Uint8Array(traceOf(session))], { type: 'application/octet-stream' }));
    const { own } = session.opened;
    say(`saved${own === undefined ? '' : `, with the text of ${own.text.file}`}; it is replayed with: faultline replay ${name}`);
  });
  const tools = (
    <div class="tools">
      <a class="button" href="#start" title="other runs to look at">runs</a>
      <CopyMenu acting={acting} />
      <button type="button" onClick={save} title="save this run as a trace, which the command replays, shrinks, exports">save trace</button>
      <PictureMenu />
      <button type="button" onClick={acting.theme} title="light, dark, as the system says (t)" aria-label={`theme: ${theme === '' ? 'as the system says' : theme}`}><Icon name={theme === '' ? 'system' : theme} /></button>
      <button type="button" onClick={() => setHelp(true)} title="keys (?)" aria-label="keys">?</button>
    </div>
  );
  return (
    <main>
      <VerdictBar session={session} tools={tools} />
      {top}
      <Timeline session={session} view={view} palette={colors} noReturn={view.now.noReturn} control={timeline} />
      <Transport session={session} view={view} playing={playing} play={play} act={(key) => act.key(key)} />
      <div class="columns">
        <EventList session={session} view={view} />
        {column('middle')}
        {column('right')}
      </div>
      <footer class="status">
        <span class="status-step" aria-live="polite">step {session.at} of {session.length}{event === undefined ? '' : `: ${sentence(event, leaf, session.names)}`}</span>
        <span class="status-say" role="status">{said}</span>
        {view.now.cone ? <span>{concurrentText(session.cone()?.concurrent ?? 0)}</span> : null}
        <span class="dim">? keys</span>
      </footer>
      {help ? <Help close={() => setHelp(false)} /> : null}
    </main>
  );
}

function PanelFrame({ panel, session, view, act }: { readonly panel: Panel; readonly session: Session; readonly view: View; readonly act: Actions }): JSX.Element {
  const { Content } = panel;
  const [shut, setShut] = useState(false);
  const content = useCalm(session.world.plan.stateWords > LARGE_WORLD, () => <Content session={session} view={view} act={act} />);
  return (
    <section class={`panel panel-${panel.id}${shut ? ' shut' : ''}`} id={panel.id} aria-label={panel.title}>
      <div class="panel-head"><h2><button type="button" class="panel-title" aria-expanded={!shut} onClick={() => setShut(!shut)}>{panel.title}</button></h2></div>
      {shut ? null : <div class="panel-body" tabIndex={0} role="group" aria-label={`${panel.title}, content`}>{content}</div>}
    </section>
  );
}

const concurrentText = (count: number): string => (count === 1 ? '1 step around is concurrent with this one' : `${count.toLocaleString('en')} steps around are concurrent with this one`);

/** What can be taken along of a state. */
const COPIES = [{ title: 'link to this state (y)', of: 'link' }, { title: 'command that comes here', of: 'command' }, { title: 'test that replays what breaks', of: 'test' }] as const;

function CopyMenu({ acting }: { readonly acting: Acting }): JSX.Element {
  return (
    <select aria-label="Copy" title="copy the address of this state (y), the command that comes to it, a test of what breaks" value="" onChange={(event) => {
      const { of } = COPIES[Number(event.currentTarget.value)]!;
      event.currentTarget.value = '';
      acting[of]();
    }}>
      <option value="">copy…</option>
      {COPIES.map(({ title, of }, k) => <option key={of} value={k}>{title}</option>)}
    </select>
  );
}

/** Saves pictures of panels. */
function PictureMenu(): JSX.Element {
  const names = [{ id: 'timeline', title: 'Timeline' }, { id: 'events', title: 'Steps' }, ...panels];
  return (
    <select aria-label="Save a picture of a panel" value="" onChange={(event) => {
      const [id, format] = event.currentTarget.value.split(' ');
      event.currentTarget.value = '';
      if (id !== undefined && id !== '') void savePicture(id, format as 'svg' | 'png');
    }}>
      <option value="">picture…</option>
      {names.flatMap(({ id, title }) => ['svg', 'png'].map((format) => <option key={`${id} ${format}`} value={`${id} ${format}`}>{title}, {format.toUpperCase()}</option>))}
    </select>
  );
}
