// The page: opens its run, then shows it.

import { render } from 'preact';
import './page.css';
import { Session } from './model.ts';
import { given, open } from './source.ts';
import { App, Failed } from './ui/app.tsx';

const root = document.getElementById('page')!;

async function start(): Promise<void> {
  try {
    const session = new Session(await open(await given()));
    render(<App session={session} />, root);
    session.go(session.answer);
    const work = (): void => { if (session.work(() => performance.now())) setTimeout(work, 0); };
    setTimeout(work, 0);
  } catch (error) {
    render(<Failed message={error instanceof Error ? error.message : String(error)} />, root);
  }
}

void start();
