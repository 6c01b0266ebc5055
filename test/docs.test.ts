// What the documents say is true: every command in them is executed, in the order of the page, in a folder of its own; a
// comment `# exits N` states the exit code, `# needs /dev/kvm` that it is 2 where there is none. Those that go on until somebody
// ends them, `inspect`, are set in; they are started, asked for their page, and ended. The pictures in them are what the
// commands print.

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { withoutProgress } from './support/command.ts';
import { inspecting } from './support/inspecting.ts';
import { noRecorder } from './support/kvm.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'bin/faultline.js');
const pages = ['README.md', 'ARCHITECTURE.md', 'BUGS_FOUND.md', ...readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];
const folders: string[] = [];
afterAll(() => { for (const folder of folders) rmSync(folder, { recursive: true, force: true }); });

/** A folder to run commands in, with the project's own files at their places. */
function folderForCommands(): string {
  const folder = mkdtempSync(join(tmpdir(), 'faultline-docs-'));
  folders.push(folder);
  mkdirSync(join(folder, 'test'));
  for (const name of ['examples', 'docs', 'test/conformance']) symlinkSync(join(root, name), join(folder, name));
  // Copies in a folder of its own: commands write their last trace there.
  mkdirSync(join(folder, 'traces'));
  for (const name of readdirSync(join(root, 'traces')).filter((one) => one !== 'last.trace')) copyFileSync(join(root, 'traces', name), join(folder, 'traces', name));
  return folder;
}

/** Words in quotes, which have no spaces in them here, lose these as in a shell. */
const faultline = (folder: string, command: string) =>
  spawnSync(process.execPath, [bin, ...command.split(/\s+/).map((word) => word.replace(/^'(.*)'$/, '$1'))], { cwd: folder, encoding: 'utf8', timeout: 600_000 });

/** The commands of a page: lines of its `sh` blocks. */
function commandsOf(page: string): { command: string; exits: number | undefined }[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block]) => block!.split('\n').filter((line) => line.trim() !== '').map((line) => {
    const [, command, comment = ''] = /^npx --no faultline (.*?)\s*(#.*)?$/.exec(line) ?? [];
    if (command === undefined) throw new Error(`${page}: '${line}' is not a faultline command; put other text into a block that is not 'sh'`);
    return { command, exits: comment.startsWith('# needs /dev/kvm') && noRecorder !== undefined ? undefined : Number(/# exits (\d+)/.exec(comment)?.[1] ?? 0) };
  }));
}

describe.each(pages.map((page) => ({ page, commands: commandsOf(page) })).filter(({ commands }) => commands.length > 0))('$page', ({ commands }) => {
  it('has commands that do what it says', () => {
    const folder = folderForCommands();
    for (const { command, exits } of commands) {
      const { status, stderr } = faultline(folder, command);
      if (exits === undefined) expect(`${command}: ${status} ${stderr.startsWith('faultline: ')}`).toBe(`${command}: 2 true`);
      else expect(`${command}: ${status} ${withoutProgress(stderr)}`).toBe(`${command}: ${exits} `);
    }
  }, 900_000);
});

/** Commands that go on until somebody ends them: lines that are set in. */
const inspections = pages.flatMap((page) => [...readFileSync(join(root, page), 'utf8').matchAll(/^ {4}npx --no faultline inspect\b *(.*?) *(?:#.*)?$/gm)].map(([, args]) => ({ page, args: args! })));

describe('the page', () => {
  it.each(inspections)('is served by what $page says: inspect $args', async ({ args }) => {
    const { child, address, ended } = await inspecting(folderForCommands(), [...args.split(' ').filter((word) => word !== ''), '--port', '0']);
    expect(await (await fetch(address)).text()).toContain('<div id="page"></div>');
    expect((await fetch(`${address}session.json`)).status).toBe(200);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  it('is in the documents at all', () => {
    expect(inspections.map(({ page }) => page)).toEqual(expect.arrayContaining(['README.md', 'docs/inspecting.md']));
  });
});

describe('the picture in README.md', () => {
  it('is what show prints of the run that it names, and of the recorded one', () => {
    const folder = folderForCommands();
    const picture = /^```\n( {4}main[\s\S]*?)^```/m.exec(readFileSync(join(root, 'README.md'), 'utf8'))![1]!;
    expect(faultline(folder, 'run SC22 --seed 3').status).toBe(3);
    expect(faultline(folder, 'show').stdout).toContain(picture);
    expect(faultline(folder, 'show traces/sc22-deadlock.trace').stdout).toContain(picture);
  });
});
