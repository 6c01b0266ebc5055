// The command `inspect` while it goes on.

import { spawn, type ChildProcess } from 'node:child_process';
import { bin } from './command.ts';

export interface Inspecting {
  readonly child: ChildProcess;
  /** The address that it has printed. */
  readonly address: string;
  readonly out: () => string;
  readonly err: () => string;
  readonly ended: Promise<number | null>;
}

/** Starts it in a folder; answers when it has printed where to look. Rejects when it ends before. */
export async function inspecting(folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Inspecting> {
  const child = spawn(process.execPath, [bin, 'inspect', ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let out = '';
  let err = '';
  child.stderr.on('data', (text: Buffer) => { err += text.toString(); });
  const ended = new Promise<number | null>((resolve) => { child.on('close', resolve); });
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (text: Buffer) => {
      out += text.toString();
      const found = /http:\S+/.exec(out);
      if (found !== null && out.includes('Ctrl-C')) resolve(found[0]);
    });
    void ended.then((code) => reject(new Error(`ended with ${code}: ${err}`)));
  });
  return { child, address, out: () => out, err: () => err, ended };
}
