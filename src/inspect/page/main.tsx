// The page: opens its run, then shows it, and follows the address bar.

import { render } from 'preact';
import './page.css';
import { applyChoices, followAddress } from './address.ts';
import { readLink, type Link } from './engine/link.ts';
import { Session } from './model.ts';
import { given, openGiven, openLink } from './source.ts';
import { App, Failed } from './ui/app.tsx';
import { View } from './view.ts';

const root = document.getElementById('page')!;
const view = new View();
/** Ends what belongs to the session that is shown. */
let leave: () => void = () => {};

const fail = (error: unknown): void => {
  leave();
  render(<Failed message={error instanceof Error ? error.message : String(error)} />, root);
};

/** Shows a session from now on. */
function show(session: Session): void {
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
  const ends = [session.subscribe(more), followAddress(session, view, (link) => { void start(link); })];
  more();
  leave = () => {
    for (const end of ends) end();
    clearTimeout(timer);
  };
  render(<App session={session} view={view} replace={show} />, root);
}

/** Opens what the address says, or else what is given. */
async function start(link: Link): Promise<void> {
  try {
    const opened = link.scenario === undefined ? await openGiven(await given()) : await openLink(link);
    const session = new Session(opened);
    if (link.by !== undefined && link.scenario !== undefined) {
      session.go(link.fork ?? 0);
      session.take(link.by, link.comes);
    }
    session.go(link.at ?? session.answer);
    applyChoices(link, session, view);
    show(session);
  } catch (error) {
    fail(error);
  }
}

let first: Link = {};
try {
  first = readLink(location.hash);
} catch (error) {
  fail(error);
}
void start(first);
