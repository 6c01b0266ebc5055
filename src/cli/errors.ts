// What commands end with, and how errors become one sentence: what is wrong, where, and what mends it. Only a defect of the
// laboratory itself shows a stack, in a report file.

import { RecordingError } from '../conform/errors.ts';
import { FtraceError } from '../conform/ftrace/errors.ts';
import { KnownError } from '../explore/known.ts';
import { PartError } from '../explore/part.ts';
import { ShrinkError } from '../explore/reproduce.ts';
import { RecorderError } from '../record/program.ts';
import { KernelError } from '../kernel/load.ts';
import { ReplayError } from '../runtime/replay.ts';
import { SetupError } from '../runtime/setup.ts';
import { ScenarioError } from '../scenario/errors.ts';
import { TraceError } from '../trace/errors.ts';

/** Exit codes, as `faultline --help` lists them. */
export const EXIT = {
  HELD: 0, SAFETY: 1, USAGE: 2, DEADLOCK: 3, LIVELOCK: 4, INCONCLUSIVE: 5, LABORATORY: 70, INTERRUPTED: 130,
} as const;

/** A user's mistake: its message is the whole output. */
export class UsageError extends Error {
  override name = 'UsageError';
}

const SYSTEM: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder', EACCES: 'permission is missing', EPERM: 'permission is missing', EISDIR: 'it is a folder', ENOTDIR: 'a part of its path is not a folder',
  ENOSPC: 'the disk is full', EROFS: 'the file system is read-only', EMFILE: 'too many files are open', ENAMETOOLONG: 'its name is too long', EEXIST: 'it exists already',
  EFBIG: 'it would be larger than a file may be', EDQUOT: 'the quota is used up', EIO: 'the device reports an error',
};

/** An error of the operating system: a file that is not there, a disk that is full. */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';

/** What a system error means, in words. */
export const systemProblem = (error: NodeJS.ErrnoException): string => SYSTEM[error.code ?? ''] ?? `the system says ${error.code}`;

/** The sentence for a user's mistake; nothing when the error is a defect of the laboratory. */
export function userSentence(error: unknown): string | undefined {
  if (error instanceof ScenarioError) return error.message.replace(/^scenario: (?=there is no scenario)/, '');
  if (error instanceof UsageError || error instanceof KernelError || error instanceof TraceError || error instanceof SetupError || error instanceof RecordingError || error instanceof FtraceError
    || error instanceof PartError || error instanceof KnownError || error instanceof ShrinkError || error instanceof RecorderError) return error.message;
  if (error instanceof ReplayError) {
    return error.ownKernel ? `${error.message}; the trace was edited, or the kernel that came with it does not always do the same`
      : `the trace was edited, or the laboratory is not deterministic: ${error.message}`;
  }
  if (isSystemError(error) && error.path !== undefined) return `${error.path}: ${systemProblem(error)}`;
  return undefined;
}
