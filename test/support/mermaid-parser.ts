// Mermaid's own parser, without a page: what it asks of a page is the cleaning of labels, which parsing does not need.

import dompurify from 'dompurify';

Object.assign(dompurify, { addHook: () => {}, removeHook: () => {}, sanitize: (text: string) => text });
const { default: mermaid } = await import('mermaid');

/** Kind of a diagram. Rejects what Mermaid does not take, with its complaint. */
export async function diagramType(text: string): Promise<string> {
  const { diagramType: type } = await mermaid.parse(text);
  return type;
}
