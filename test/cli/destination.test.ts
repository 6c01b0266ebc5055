// Where commands write what a person names: -, devices, links, folders that cannot be.

import { execFileSync } from 'node:child_process';
import { closeSync, lstatSync, openSync, readFileSync, readSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { isDevice, makeFolders, mayFill, mayReplace, mayWrite } from '../../src/cli/destination.ts';
import { exporters } from '../../src/export/index.ts';
import { fileSink } from '../../src/cli/export-sink.ts';
import { Sandbox } from '../support/command.ts';

const box = new Sandbox();
afterAll(() => box.remove());
const at = (name: string): string => join(box.folder, name);

describe('- is standard output', () => {
  test('of an export, which says nothing else there; a folder cannot go there', async () => {
    await box.run(['run', 'SC01', '--trace', 'sc01.trace']);
    const plain = await box.run(['export', 'sc01.trace']);
    expect(await box.run(['export', 'sc01.trace', '-o', '-'])).toEqual(plain);
    expect(plain.out).toMatch(/^\{"type":"header"/);
    expect((await box.run(['export', '--machines', '--actor', 'vcpu', '--format', 'dot', '-o', '-'])).out).toMatch(/^digraph "vcpu" \{\n/);
    expect(await box.run(['export', 'sc01.trace', '--format', 'ctf', '-o', '-'])).toEqual({ code: 2, out: '', err: 'faultline: this format makes a folder, which cannot go to standard output; a folder that is called - is ./-\n' });
    expect(box.has('-')).toBe(false);
  });

  test('a command that has something to say there itself does not take it', async () => {
    expect(() => mayWrite('--out', '-', true)).toThrow('--out takes the name of a file, since standard output has what the command says; a file that is called - is ./-');
    expect(() => mayFill('--out', '-')).toThrow('--out takes the name of a folder, and standard output is none; a folder that is called - is ./-');
    expect((await box.run(['explore', 'SC01', '-o', '-'])).err).toMatch(/^faultline: --out takes the name of a file, since [^\n]+\n$/);
    expect((await box.run(['explore', 'SC01', '--report', 'junit=-'])).err).toMatch(/^faultline: --report takes the name of a file, since [^\n]+\n$/);
  });
});

test('what no person reads does not go to a terminal', async () => {
  expect(exporters.filter(({ unreadable }) => unreadable === true).map(({ name }) => name).toSorted()).toEqual(['ctf', 'html', 'perfetto', 'tracedat']);
  box.write('terminal.mjs', 'process.stdout.isTTY = true;\n');
  for (const output of [[], ['-o', '-']]) {
    expect(await box.run(['export', 'sc01.trace', '--format', 'html', ...output], { preload: at('terminal.mjs') })).toEqual({ code: 2, out: '', err: 'faultline: format html is nothing for a terminal; name a file with --output\n' });
  }
});

describe('a pipe', () => {
  execFileSync('mkfifo', [at('pipe')]);

  test('gets an export as it comes, stays what it is, and needs no --force', async () => {
    mayWrite('--output', at('pipe'), false);
    const reader = openSync(at('pipe'), 'r+');
    const sink = fileSink(at('pipe'));
    await sink.write('as it comes\n');
    const bytes = Buffer.alloc(100);
    expect(bytes.toString('utf8', 0, readSync(reader, bytes))).toBe('as it comes\n');
    sink.finish();
    closeSync(reader);
    expect(isDevice(at('pipe'))).toBe(true);
  });

  test('is not what is left of an export that failed, and takes no file that is read again', () => {
    const reader = openSync(at('pipe'), 'r+');
    fileSink(at('pipe')).discard();
    closeSync(reader);
    expect(statSync(at('pipe')).isFIFO()).toBe(true);
    expect(() => mayReplace('--state', at('pipe'), true)).toThrow(/^--state: .*pipe is no file, and cannot be read again; name one$/);
  });
});

test('a link stays a link: the file that it leads to is replaced when the new one is whole', async () => {
  box.write('target', 'old');
  symlinkSync('target', at('link'));
  const sink = fileSink(at('link'));
  await sink.write('new');
  expect(readFileSync(at('target'), 'utf8')).toBe('old');
  sink.finish();
  expect([readFileSync(at('target'), 'utf8'), lstatSync(at('link')).isSymbolicLink()]).toEqual(['new', true]);
});

describe('what cannot be written is said before anything is done', () => {
  test('a file', () => {
    box.write('file', '');
    expect(() => mayWrite('--out', at('file/x'), false)).toThrow(/^cannot write .*file\/x: a part of its path is not a folder$/);
    expect(() => mayWrite('--out', at('none/x'), false)).toThrow(/^cannot write .*none\/x: there is no such file or folder$/);
    expect(() => mayWrite('--out', '/proc/faultline', false)).toThrow(/^cannot write \/proc\/faultline: /);
    mayWrite('--out', at('fresh'), false);
    expect(box.has('fresh')).toBe(false);
  });

  test('a folder', async () => {
    expect(() => mayFill('--out', at('file'))).toThrow(/^cannot write into .*file: it is a file; name a folder$/);
    expect(() => mayFill('--out', at('file/x/y'))).toThrow(/^cannot write into .*: a part of its path is not a folder; name a folder$/);
    mayFill('--out', at('may/come'));
    expect(box.has('may')).toBe(false);
    expect(await box.run(['hunt', '--scenarios', '1', '--out', 'file'])).toMatchObject({ code: 2, out: '' });
    expect(await box.run(['hunt', '--scenarios', '1', '--state', 'none/x'])).toMatchObject({ code: 2, out: '' });
    expect(await box.run(['compare', 'v6.8', 'v6.8-fixed', 'SC34', '--out', 'file'])).toMatchObject({ code: 2, out: '' });
  });

  test('a folder in which the system makes none ends with an error, and not never', () => {
    expect(() => makeFolders('/proc/faultline/x')).toThrow(/ENOENT|EACCES|EPERM|EROFS/);
    makeFolders(at('a/b'));
    makeFolders(at('a/b'));
    expect(statSync(at('a/b')).isDirectory()).toBe(true);
  });
});
