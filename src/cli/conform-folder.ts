// faultline conform FOLDER: everything that lies in it, each file by the kernel that it is of.

import { readdirSync } from 'node:fs';
import { COMMITTED, judgeFile, type Row } from '../conform/committed.ts';
import { sideFileOf } from '../conform/load.ts';
import { EXIT, UsageError } from './errors.ts';
import { blamingKernel, findKernel } from './kernels.ts';
import { counted, grouped, labelled, line } from './output.ts';

/** Judges all files of a folder: by the kernels that the table of committed recordings has for a file of the name, or all by the kernel that is named. */
export async function conformFolder(folder: string, { kernel, json }: { readonly kernel?: string; readonly json?: boolean }): Promise<number> {
  const files = readdirSync(folder).filter((file) => /\.jsonl?(\.gz)?$/.test(file) && !file.endsWith('.config.json')).toSorted();
  if (files.length === 0) throw new UsageError(`${folder} has no recordings: no file that ends in .jsonl, .json, .jsonl.gz or .json.gz`);
  const pairs = files.flatMap((file) => kernelsOf(file, folder, kernel).map((name) => [file, findKernel(name)] as const));
  const rows: Row[] = [];
  for (const [file, named] of pairs) {
    const row = await blamingKernel(named, () => Promise.resolve(judgeFile(folder, file, named.kernel)));
    rows.push(row);
    if (json !== true) await line(rowLine(row));
  }
  const different = rows.reduce((sum, row) => sum + row.different, 0);
  if (json === true) await line(JSON.stringify({ folder, rows }, null, 2));
  else {
    await line();
    await line(labelled('result', different === 0 ? 'nothing differs' : `${counted(different, 'difference')}; conform with one of the files and its kernel tells them`));
  }
  return different === 0 ? EXIT.HELD : EXIT.SAFETY;
}

/** The name of a file, compressed or not. */
const plain = (file: string): string => file.replace(/\.gz$/, '');

function kernelsOf(file: string, folder: string, given: string | undefined): readonly string[] {
  if (given !== undefined) return [given];
  const known = COMMITTED.filter(([name]) => plain(name) === plain(file)).map(([, kernel]) => kernel);
  if (known.length === 0) throw new UsageError(`which kernel ${folder}/${file} is of is not known: name it with --kernel, then all of the folder is judged by it; what machine it was says ${sideFileOf(file)}`);
  return known;
}

const rowLine = ({ file, kernel, of, judged, equal, different, inapplicable }: Row): string =>
  labelled(kernel, `${file}: ${grouped(equal)} of ${grouped(judged)} ${of}${different === 0 ? '' : `, ${grouped(different)} different`}${inapplicable === 0 ? '' : `, ${grouped(inapplicable)} not applicable`}`);
