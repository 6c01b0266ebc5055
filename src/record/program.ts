// The recorder's program: compiled when it is first needed, by the system's compiler, and kept for the next time.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The machine lacks what a recording needs; the message says what, and what to do. */
export class RecorderError extends Error {
  override name = 'RecorderError';
}

/** Where the sources are: beside this file's own tree, which a build copies them into. */
export const SOURCES = fileURLToPath(new URL('../../tools/recorder/', import.meta.url));

const FLAGS = ['-std=gnu11', '-O1', '-Wall', '-Wextra', '-pthread'];

/** The program's path, made first if need be. `env` is where CC, XDG_CACHE_HOME and PATH come from. Throws a RecorderError. */
export function recorderProgram(env: NodeJS.ProcessEnv = process.env): string {
  const files = readdirSync(SOURCES).filter((name) => /\.[ch]$/.test(name)).sort();
  const hash = createHash('sha256').update([process.arch, ...FLAGS].join(' '));
  for (const name of files) hash.update(`\n${name}\n${readFileSync(join(SOURCES, name), 'utf8')}`);
  const program = join(ownFolder(env), `recorder-${hash.digest('hex').slice(0, 16)}`);
  if (!existsSync(program)) compile(files.filter((name) => name.endsWith('.c')).map((name) => join(SOURCES, name)), program, env);
  return program;
}

/** A folder that nobody else can write: what is in it will be executed. */
function ownFolder(env: NodeJS.ProcessEnv): string {
  const places = [env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), join(tmpdir(), `faultline-${process.getuid?.() ?? 0}`)];
  for (const place of places) {
    const folder = join(place, 'faultline');
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      for (const one of [dirname(folder), folder]) if (lstatSync(one).uid !== process.getuid?.() || (lstatSync(one).mode & 0o022) !== 0) throw new Error('others may write there');
      return folder;
    } catch {
      // The next one.
    }
  }
  throw new RecorderError(`there is no folder for the recorder's program: neither ${places.join(' nor ')} can be used by this user alone; name one in XDG_CACHE_HOME`);
}

/** Compiles to a name of its own first, so that nobody executes half a program. */
function compile(sources: readonly string[], program: string, env: NodeJS.ProcessEnv): void {
  const compilers = env['CC'] ? [env['CC']] : ['cc', 'gcc', 'clang'];
  const half = `${program}.${process.pid}`;
  for (const compiler of compilers) {
    const { status, error, stderr } = spawnSync(compiler, [...FLAGS, '-o', half, ...sources], { env, encoding: 'utf8' });
    if (error !== undefined) continue;
    if (status === 0) {
      renameSync(half, program);
      return;
    }
    rmSync(half, { force: true });
    const said = stderr.split('\n').find((one) => /error/.test(one)) ?? stderr.split('\n')[0];
    throw new RecorderError(`${compiler} did not compile the recorder: ${said?.trim()}; it needs the C library's and the kernel's headers (linux/kvm.h)`);
  }
  throw new RecorderError(`the recorder is a C program, and there is no compiler to make it: ${compilers.join(', ')} cannot be started; install one, or name it in CC`);
}
