// A small reader of XML, strict about what reports may have: elements, attributes, text, the five entities and numbers.

export class XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[] = [];
  text = '';

  constructor(name: string, attributes: Readonly<Record<string, string>>) {
    this.name = name;
    this.attributes = attributes;
  }
  all(name: string): XmlElement[] {
    return this.children.flatMap((one) => [...(one.name === name ? [one] : []), ...one.all(name)]);
  }
  find(name: string): XmlElement | undefined {
    return this.all(name)[0];
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const plain = (text: string): string => {
  if (/&(?!(?:amp|lt|gt|quot|apos|#\d+);)/.test(text)) throw new Error(`a bare & in ${text}`);
  return text.replace(/&(?:(\w+)|#(\d+));/g, (_all, name: string | undefined, code: string | undefined) => (code === undefined ? ENTITIES[name!]! : String.fromCodePoint(Number(code))));
};

/** The root element; throws where the text is not well-formed. */
export function parseXml(text: string): XmlElement {
  if (/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(text)) throw new Error('a letter that XML cannot have');
  const body = text.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  const open: XmlElement[] = [new XmlElement('', {})];
  const token = /<\/([\w-]+)>|<([\w-]+)((?: [\w-]+="[^"<\n]*")*)(\/?)>|([^<]+)/y;
  for (token.lastIndex = 0; token.lastIndex < body.length;) {
    const at = token.lastIndex;
    const [, closed, name, attributes = '', empty, words] = token.exec(body) ?? [];
    if (closed === undefined && name === undefined && words === undefined) throw new Error(`not XML: ${body.slice(at, at + 60)}`);
    const inside = open.at(-1)!;
    if (words !== undefined) {
      if (words.includes(']]>')) throw new Error(']]> in text');
      inside.text += plain(words);
    } else if (closed !== undefined) {
      if (inside.name !== closed) throw new Error(`</${closed}> closes <${inside.name}>`);
      open.pop();
    } else {
      const element = new XmlElement(name!, Object.fromEntries([...attributes.matchAll(/ ([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key!, plain(value!)])));
      inside.children.push(element);
      if (empty === '') open.push(element);
    }
  }
  if (open.length !== 1 || open[0]!.children.length !== 1) throw new Error('an element is not closed, or there is not one root');
  return open[0]!.children[0]!;
}
