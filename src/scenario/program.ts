// From operations to instructions: loops, mixes and events are the same in every language; the rest is the language's own.

import { GUEST, INSTRUCTION } from '../memory/code.ts';
import { at, ScenarioError, unknownName } from './errors.ts';
import { LIMITS } from './limits.ts';
import type { AnyOp } from './walk.ts';
import type { Branch, Loop } from './types.ts';

/** What is known only when everything has been read: compact page numbers, actor numbers. */
export interface Link {
  readonly gfn: (page: bigint) => number;
  readonly index: (page: bigint) => number;
  readonly hva: (page: bigint) => number;
  readonly actor: (name: string) => number;
}

/** One instruction in the making: its words, without the zeroes behind them. */
export type Emit = (link: Link) => readonly number[];

export type Piece =
  /** `place`: where in the scenario, and which operation: `setup[1]: punch`. */
  | { readonly kind: 'instruction'; readonly emit: Emit; readonly place: string }
  | { readonly kind: 'loop'; readonly counter: number; readonly times: number; readonly body: readonly Piece[] }
  | { readonly kind: 'mix'; readonly branches: readonly { readonly weight: number; readonly body: readonly Piece[] }[] };

/** Counts instructions over all programs. */
export class Budget {
  private left: number = LIMITS.instructions;
  spend(path: string, instructions: number): void {
    this.left -= instructions;
    if (this.left < 0) throw new ScenarioError(path, `the programs have more than ${LIMITS.instructions} instructions (limit 'instructions')`);
  }
}

export interface Language {
  readonly budget: Budget;
  /** Names of the scenario's events. */
  readonly events: readonly string[];
  /** Instructions of an operation that is not control. */
  readonly leaf: (op: AnyOp, path: string) => readonly Emit[];
}

/** Reads a program. */
export function readProgram(program: readonly AnyOp[], path: string, language: Language): Piece[] {
  return readBlock(program, path, language, 0, 0);
}

function readBlock(block: readonly AnyOp[], path: string, language: Language, loops: number, nesting: number): Piece[] {
  if (nesting > LIMITS.nesting) throw new ScenarioError(path, `nested too deep; the limit 'nesting' is ${LIMITS.nesting} loops and mixes inside each other`);
  return block.flatMap((op, i) => readOperation(op, at(path, i), language, loops, nesting));
}

function readOperation(op: AnyOp, path: string, language: Language, loops: number, nesting: number): Piece[] {
  const { budget, events, leaf } = language;
  switch (op.op) {
    case 'loop': {
      const { times, forever, do: body } = op as unknown as Loop<AnyOp>;
      if ((times === undefined) === (forever === undefined)) throw new ScenarioError(path, "a loop has either 'times' or 'forever'");
      if (times !== undefined && loops === LIMITS.loops) throw new ScenarioError(path, `a counted loop inside ${LIMITS.loops} others; the limit 'loops' is ${LIMITS.loops}`);
      budget.spend(path, 1);
      return [{ kind: 'loop', counter: times === undefined ? 0 : loops, times: times ?? 0, body: readBlock(body, at(path, 'do'), language, times === undefined ? loops : loops + 1, nesting + 1) }];
    }
    case 'mix': {
      const branches = op['of'] as Branch<AnyOp>[];
      budget.spend(path, 1 + branches.length);
      return [{
        kind: 'mix',
        branches: branches.map((branch, k) => ({ weight: branch.weight ?? 1, body: readBlock(branch.do, `${at(at(path, 'of'), k)}.do`, language, loops, nesting + 1) })),
      }];
    }
    case 'notify': case 'await': {
      const event = events.indexOf(op['event'] as string);
      if (event < 0) throw unknownName(at(path, 'event'), 'notify of event', op['event'] as string, events);
      budget.spend(path, 1);
      const operation = op.op === 'notify' ? GUEST.NOTIFY : GUEST.AWAIT;
      return [{ kind: 'instruction', emit: () => [operation, event], place: `${path}: ${op.op}` }];
    }
    default: {
      const emits = leaf(op, path);
      budget.spend(path, emits.length);
      return emits.map((emit) => ({ kind: 'instruction', emit, place: `${path}: ${op.op}` }));
    }
  }
}

/** The words of a program, its end included. Targets are numbers of instructions. `places` gets where each instruction comes from, by
 *  its number; nothing for loops and mixes. */
export function assemble(pieces: readonly Piece[], link: Link, places: string[] = []): number[] {
  const code: number[] = [];
  const pc = (): number => code.length / INSTRUCTION;
  const put = (words: readonly number[]): number => {
    const here = pc();
    places.push('');
    code.push(...words, ...Array.from<number>({ length: INSTRUCTION - words.length }).fill(0));
    return here;
  };
  const assembleBlock = (block: readonly Piece[]): void => {
    for (const piece of block) {
      if (piece.kind === 'instruction') places[put(piece.emit(link))] = piece.place;
      else if (piece.kind === 'loop') {
        const first = pc();
        assembleBlock(piece.body);
        put([GUEST.LOOP, first, piece.counter, piece.times]);
      } else assembleMix(piece.branches);
    }
  };
  /** Each branch jumps behind the last one; an empty branch is the jump alone. */
  const assembleMix = (branches: readonly { readonly weight: number; readonly body: readonly Piece[] }[]): void => {
    const mix = put([GUEST.MIX, branches.length]);
    let weights = 0;
    const jumps = branches.map(({ weight, body }, k) => {
      weights += weight;
      code[mix * INSTRUCTION + 2 + 2 * k] = pc();
      code[mix * INSTRUCTION + 3 + 2 * k] = weights;
      assembleBlock(body);
      return put([GUEST.JUMP]);
    });
    for (const jump of jumps) code[jump * INSTRUCTION + 1] = pc();
  };
  assembleBlock(pieces);
  put([GUEST.END]);
  return code;
}
