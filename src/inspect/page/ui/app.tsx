// The page as a whole: verdicts, timeline, then three columns.

import type { JSX } from 'preact';
import type { Session } from '../model.ts';
import { useSession } from './use-session.ts';

/** Says why there is nothing to show. */
export function Failed({ message }: { readonly message: string }): JSX.Element {
  return <main class="failed"><h1>faultline</h1><p role="alert">{message}</p></main>;
}

/** Everything. */
export function App({ session }: { readonly session: Session }): JSX.Element {
  useSession(session);
  return (
    <main>
      <p>step {session.at} of {session.length}</p>
      <ul>{session.actors().map((one) => <li key={one.number}>{one.name} {one.leaf.path} {one.blockedOn?.name}</li>)}</ul>
    </main>
  );
}
