// The address bar follows what is looked at, and what somebody pastes there is opened.

import { linkText, MOST_LINK, type Link } from './engine/link.ts';
import type { Session } from './model.ts';
import type { View } from './view.ts';

/** What the address says of this state, if it can. */
export function currentLink(session: Session, view: View): Link | undefined {
  const link = session.link();
  const { a, b, actor, filter } = view.now;
  const chosen = { ...(a > 0 ? { a } : {}), ...(b > 0 ? { b } : {}), ...(actor > 0 ? { actor: session.names.actors[actor]! } : {}), ...(filter === '' ? {} : { filter }) };
  return link === undefined || linkText(link).length > MOST_LINK ? undefined : { ...link, ...chosen };
}

/** What follows is chosen in the view. */
export function applyChoices(link: Link, session: Session, view: View): void {
  view.set({ a: link.a ?? 0, b: link.b ?? 0, actor: link.actor === undefined ? 0 : Math.max(0, session.names.actors.indexOf(link.actor)), filter: link.filter ?? '' });
}

/** Keeps the address bar as the session is; answers what ends that. `opened` is called when somebody else has put something there. */
export function followAddress(session: Session, view: View, opened: () => void): () => void {
  let own = '';
  let timer = 0;
  const write = (): void => {
    timer = 0;
    const link = currentLink(session, view) ?? { at: session.at };
    own = `#${linkText(link)}`;
    if (location.hash !== own) history.replaceState(null, '', own);
  };
  const soon = (): void => { timer ||= Number(setTimeout(write, 120)); };
  const changed = (): void => { if (location.hash !== own) opened(); };
  const ends = [session.subscribe(soon), view.subscribe(soon)];
  addEventListener('hashchange', changed);
  soon();
  return () => {
    for (const end of ends) end();
    clearTimeout(timer);
    removeEventListener('hashchange', changed);
  };
}
