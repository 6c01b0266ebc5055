// The shape of the objects in physical memory: named fields of 32-bit words, declared once, typed from the declaration.
// A layout says beside each field what generic machinery needs: what it refers to (symmetry, wait-for graph, printing),
// whether its changes commute (counters, bit sets), whether only its relation to copies matters (monotone, copyOf).

/** What the number in a field names. References are 0 for "none", so the things referred to count from 1, but for the dimensions. */
export type RefKind = 'actor' | 'gfn' | 'pfn' | 'hva' | 'index' | 'slot' | 'file' | 'inode' | 'vm' | 'vcpu' | 'fd' | 'thread' | 'leaf';

/** A count of things that the scenario fixes: the length of an array field, or one side of a table of objects. */
export type Dimension =
  | 'vm' | 'vcpu' | 'gfn' | 'hp' | 'slot' | 'slotId' | 'set' | 'file' | 'inode' | 'index' | 'pfn' | 'segment' | 'hva' | 'region'
  | 'actor' | 'fd' | 'root' | 'thread' | 'event' | 'payload' | 'one';

export interface FieldSpec {
  /** The field holds the number of such a thing. */
  readonly ref?: RefKind;
  /** A count: changed by `add_<field>`, whose calls commute. */
  readonly counter?: true;
  /** A set of members of this dimension: `has`, `set`, `clear`, `any`; changes of different members commute. */
  readonly bits?: Dimension;
  /** An array with one word for each member of this dimension. */
  readonly cells?: Dimension;
  /** Grows only; what matters is its relation to the copies still held. */
  readonly monotone?: true;
  /** A copy of the monotone field named `layout.field`; 0 when no copy is held. */
  readonly copyOf?: string;
  /** Names of the values, for printing. */
  readonly names?: readonly string[];
}
export type Fields = { readonly [name: string]: FieldSpec };

export interface Layout<F extends Fields = Fields, P extends readonly Dimension[] = readonly Dimension[]> {
  readonly name: string;
  readonly fields: F;
  /** One object for each combination of members of these dimensions. */
  readonly per: P;
  /** Specification state: it watches the kernel, no kernel code reads it. */
  readonly ghost: boolean;
}

/** Declares a layout. `per` lists the dimensions of its table: `layout('spte', {…}, { per: ['vm', 'root', 'gfn'] })`. */
export function layout<const F extends Fields, const P extends readonly Dimension[] = readonly []>(
  name: string, fields: F, options: { per?: P; ghost?: boolean } = {},
): Layout<F, P> {
  return { name, fields, per: (options.per ?? []) as unknown as P, ghost: options.ghost ?? false };
}

/** Anything with an object number: what a blocked step names. */
export interface ObjectRef {
  readonly id: number;
  /** First word of the object in memory. */
  readonly base: number;
}

/** An array field. */
export interface Cells {
  readonly length: number;
  at(i: number): number;
  put(i: number, value: number): void;
  /** Puts 0 everywhere: one read of the object, and a write of each element that is not 0. */
  clear(): void;
}

/** A bit-set field. */
export interface Bits {
  has(i: number): boolean;
  set(i: number): void;
  clear(i: number): void;
  /** True when a member is set. */
  any(): boolean;
  /** The lowest member that is set, -1 if none is. */
  first(): number;
  /** The lowest member from `i` on that is not set; it may lie behind the last one. */
  firstClear(i: number): number;
  clearAll(): void;
}

type FieldView<S> = S extends { cells: string } ? Cells : S extends { bits: string } ? Bits : number;
type CounterName<F> = { [K in keyof F]: F[K] extends { counter: true } ? K : never }[keyof F] & string;

/** Typed access to one object of layout L: `kvm_mmu(vm).mmu_invalidate_seq`, `folio_ref(pfn).add_count(-1)`. */
export type View<L> = L extends Layout<infer F, readonly Dimension[]>
  ? ObjectRef & { -readonly [K in keyof F]: FieldView<F[K]> } & { readonly [K in CounterName<F> as `add_${K}`]: (n: number) => number }
  : never;

/** The table of all objects of layout L: a function of one number for each dimension of `per`. */
export type Table<L> = L extends Layout<Fields, infer P> ? (...at: { [K in keyof P]: number }) => View<L> : never;

/** The tables of a set of layouts, by the key under which each is listed. */
export type Tables<T extends { readonly [key: string]: Layout }> = { readonly [K in keyof T]: Table<T[K]> };

/** Registers of one fragment: live while the fragment runs, zeroed by the runtime when it ends. */
export interface FrameLayout<F extends Fields = Fields> {
  readonly fragment: string;
  readonly fields: F;
}

/** Declares the registers of the fragment named `fragment`. */
export function frame<const F extends Fields>(fragment: string, fields: F): FrameLayout<F> {
  return { fragment, fields };
}

/** The registers that a frame declaration gives to steps. */
export type Registers<L> = L extends FrameLayout<infer F> ? { -readonly [K in keyof F]: number } : never;
