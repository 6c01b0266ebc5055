// The page: opens its run, then shows it, and follows the address bar.

import { render, type JSX } from 'preact';
import './page.css';
import { applyChoices, followAddress } from './address.ts';
import { standOnAnswer } from './engine/answer.ts';
import { errorSentence } from './engine/own-kernel.ts';
import { readLink, type Link } from './engine/link.ts';
import { Session } from './model.ts';
import { given, openGiven, openLink, openLive, type Given } from './source.ts';
import { App, Failed } from './ui/app.tsx';
import { Live } from './ui/live.tsx';
import { Start } from './ui/start.tsx';
import { View } from './view.ts';

const root = document.getElementById('page')!;
const view = new View();
/** Ends what belongs to the session that is shown. */
let leave: () => void = () => {};

const fail = (error: unknown): void => {
  leave();
  addEventListener('hashchange', openAddress);
  leave = () => removeEventListener('hashchange', openAddress);
  render(<Failed message={errorSentence(error)} />, root);
};

/** Follows a run that goes on; a look at it comes back here. */
function follow(what: Given): void {
  leave();
  leave = () => {};
  document.title = `${what.live!}, live · faultline`;
  history.replaceState(null, '', location.href.replace(/#.*$/s, ''));
  const look = async (): Promise<void> => {
    try {
      const session = new Session(await openLive(what));
      session.go(session.ending()?.id === undefined ? session.length : session.answer);
      view.set({ a: 0, b: 0, actor: 0, filter: '' });
      show(session, <p class="top live-top">A look at the lap so far, to step {session.length.toLocaleString('en')}; the run goes on meanwhile. <button type="button" onClick={() => follow(what)}>back to the run</button></p>);
    } catch (error) {
      fail(error);
    }
  };
  render(<Live given={what} look={() => { void look(); }} />, root);
}

/** Shows a session from now on. */
function show(session: Session, top?: JSX.Element): void {
  leave();
  document.title = `${String(session.opened.scenario.name)} on ${session.opened.kernel.name} · faultline`;
  let timer = 0;
  const work = (): void => {
    timer = 0;
    try {
      if (session.work(() => performance.now())) timer = Number(setTimeout(work, 0));
    } catch (error) {
      fail(error);
    }
  };
  const more = (): void => { if (!session.scan.done) timer ||= Number(setTimeout(work, 0)); };
  const ends = [session.subscribe(more), followAddress(session, view, openAddress)];
  more();
  leave = () => {
    for (const end of ends) end();
    clearTimeout(timer);
  };
  render(<App session={session} view={view} replace={(other) => show(other, top)} top={top} />, root);
}

/** Offers runs to choose from. */
function welcome(what: Given): void {
  leave();
  document.title = 'faultline';
  addEventListener('hashchange', openAddress);
  leave = () => removeEventListener('hashchange', openAddress);
  render(<Start own={what.trace ?? (typeof what.scenario === 'string' ? what.scenario : what.scenario === undefined ? undefined : 'the scenario')} />, root);
}

/** Opens what the address says, or else what is given. */
async function start(link: Link): Promise<void> {
  try {
    const what = link.scenario === undefined ? await given() : undefined;
    if (what !== undefined && (link.start === true || what.start === true)) {
      welcome(what);
      return;
    }
    if (what?.live !== undefined) {
      follow(what);
      return;
    }
    const opened = what === undefined ? await openLink(link) : await openGiven(what);
    const session = new Session(opened);
    if (link.by !== undefined && link.scenario !== undefined) {
      session.go(link.fork ?? 0);
      session.take(link.by, link.comes);
    }
    session.go(link.at ?? session.answer);
    applyChoices(link, session, view);
    show(session);
    if (link.at === undefined) standOnAnswer(session);
  } catch (error) {
    fail(error);
  }
}

/** Opens what stands in the address bar. */
function openAddress(): void {
  try {
    void start(readLink(location.hash));
  } catch (error) {
    fail(error);
  }
}

openAddress();
