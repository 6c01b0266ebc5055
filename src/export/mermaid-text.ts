// Text inside a Mermaid diagram: what would end a statement or begin markup is written as an entity.

/** A label on one line. */
export const label = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim().replace(/[#;%<>"]/g, (one) => `#${one.charCodeAt(0)};`);
