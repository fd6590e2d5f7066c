// Lets the API reference live under the same strict policy as the app. Imported before it, for it acts while it loads:
// a <style> it adds gets the page's nonce, a style attribute is set the way the policy does not forbid, and nothing is compiled.
import { nonce } from '../nonce';
import { config } from 'zod';

config({ jitless: true });

const create = Document.prototype.createElement;
Document.prototype.createElement = function (this: Document, name: string, options?: ElementCreationOptions) {
  const element = create.call(this, name, options);
  if (element instanceof HTMLStyleElement) element.nonce = nonce;
  return element;
} as typeof create;

const set = Element.prototype.setAttribute;
Element.prototype.setAttribute = function (this: Element, name: string, value: string) {
  if (name === 'style' && this instanceof HTMLElement) this.style.cssText = value;
  else set.call(this, name, value);
};
