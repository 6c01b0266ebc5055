// Pictures of panels: SVG as it is, or PNG of that. A panel that draws itself offers its own; another one is copied as it is styled.

/** Panels that draw their own picture, by id. */
const offered = new Map<string, () => string>();

/** Says how the picture of a panel is made. */
export const offerPicture = (id: string, svg: () => string): void => { offered.set(id, svg); };

/** Properties of style that a copy needs. */
const STYLES = [
  'color', 'background-color', 'background-image', 'min-width', 'flex-basis', 'bottom', 'right', 'font-family', 'font-size', 'font-weight', 'font-style', 'line-height', 'text-align', 'text-decoration-line', 'white-space', 'display', 'flex-direction',
  'flex-wrap', 'flex-grow', 'align-items', 'justify-content', 'gap', 'grid-template-columns', 'padding-top', 'padding-right', 'padding-bottom', 'padding-left', 'margin-top', 'margin-right',
  'margin-bottom', 'margin-left', 'border-top-width', 'border-right-width', 'border-bottom-width', 'border-left-width', 'border-top-style', 'border-right-style', 'border-bottom-style',
  'border-left-style', 'border-top-color', 'border-right-color', 'border-bottom-color', 'border-left-color', 'border-radius', 'width', 'height', 'box-sizing', 'overflow', 'position', 'top',
  'left', 'transform', 'opacity', 'fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-opacity', 'fill-opacity', 'text-anchor', 'dominant-baseline', 'visibility',
] as const;

/** What a style sheet writes in front of an element's text, or behind it. */
function written(element: Element, where: '::before' | '::after'): Element[] {
  const style = getComputedStyle(element, where);
  // Its text, without what is read aloud instead.
  const [, text] = /^"((?:[^"\\]|\\.)*)"/.exec(style.content) ?? [];
  if (text === undefined || text === '' || style.display === 'none') return [];
  const span = document.createElement('span');
  span.textContent = text.replaceAll(/\\(.)/g, '$1');
  span.setAttribute('data-style', styleText(style));
  return [span];
}

const styleText = (style: CSSStyleDeclaration): string => STYLES.map((name) => `${name}:${style.getPropertyValue(name)}`).join(';');

function styled(element: Element): Element {
  const copy = element.cloneNode(false) as Element;
  const style = getComputedStyle(element);
  // Its own style is in what is computed; two attributes of one name are no XML.
  copy.removeAttribute('style');
  copy.setAttribute('data-style', styleText(style));
  copy.append(...written(element, '::before'));
  for (const child of element.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) copy.append(child.cloneNode());
    else if (child instanceof HTMLCanvasElement) {
      const image = document.createElement('img');
      image.src = child.toDataURL();
      image.setAttribute('data-style', `width:${child.clientWidth}px;height:${child.clientHeight}px`);
      copy.append(image);
    } else if (child instanceof Element && !child.classList.contains('panel-tools')) copy.append(styled(child));
  }
  copy.append(...written(element, '::after'));
  return copy;
}

/** The picture of a panel as the text of an SVG. */
export function svgOf(id: string): string {
  const own = offered.get(id);
  if (own !== undefined) return own();
  const panel = document.getElementById(id)!;
  const { width, height } = panel.getBoundingClientRect();
  const copy = styled(panel);
  // Style attributes in the picture only: the page's own policy has none.
  const text = new XMLSerializer().serializeToString(copy).replaceAll(' data-style=', ' style=');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><foreignObject width="100%" height="100%">${text}</foreignObject></svg>\n`;
}

/** The same as the bytes of a PNG, twice as fine. */
export async function pngOf(id: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgOf(id))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.width * 2;
  canvas.height = image.height * 2;
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => { canvas.toBlob((blob) => { if (blob === null) reject(new Error('the picture could not be made')); else resolve(blob); }); });
}

/** Hands something to the person as a file. */
export function download(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Saves the picture of a panel. */
export async function savePicture(id: string, format: 'svg' | 'png'): Promise<void> {
  download(`faultline-${id}.${format}`, format === 'svg' ? new Blob([svgOf(id)], { type: 'image/svg+xml' }) : await pngOf(id));
}
