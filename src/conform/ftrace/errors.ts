// What is wrong with a kernel trace that somebody gives us: the file, the line, what stands there, what to do.

/** A trace that cannot be read, or that does not fit what it is held against. Its message is all that a person sees. */
export class FtraceError extends Error {
  override name = 'FtraceError';

  /** `line` counts from 1; 0: the file as a whole. */
  constructor(file: string, line: number, problem: string) {
    super(`${file}${line > 0 ? `:${line}` : ''}: ${problem}`);
  }
}

/** A line for a message, on one line and not too long. */
export const quoted = (text: string): string => {
  const clean = text.replace(/\p{Cc}+/gu, ' ').trim();
  return `'${clean.length > 80 ? `${clean.slice(0, 77)}...` : clean}'`;
};
