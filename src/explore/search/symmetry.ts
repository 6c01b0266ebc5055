// Interchangeable vCPUs: not yet.
export interface Symmetry { readonly lanes: number; rehash(lanes: Int32Array, cell: number, previous: number, value: number): void }
