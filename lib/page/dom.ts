// Elements and text, made one by one: no text of the audit is ever read as HTML.

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Attributes that are `undefined` or false are left out, true ones are empty. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : String(value));
  }
  made.append(...children);
  return made;
}

/** An element of the page's own frame; it is there unless the frame was left out for want of data. */
export function found<T extends Element>(selector: string, type: abstract new () => T): T {
  const it = document.querySelector(selector);
  if (it instanceof type) return it;
  throw new Error(`the page has no ${selector}`);
}

export function has(selector: string): boolean {
  return document.querySelector(selector) !== null;
}

/**
 * Calls back when typing pauses, since thousands of findings are not sorted anew for every letter; or at once when the
 * field is left, before whatever is clicked next shows the page anew.
 */
export function whenTyped(input: HTMLInputElement, change: (text: string) => void): void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const tell = (): void => {
    clearTimeout(waiting);
    waiting = undefined;
    change(input.value);
  };
  input.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(tell, 120);
  });
  input.addEventListener('change', () => {
    if (waiting !== undefined) tell();
  });
}
