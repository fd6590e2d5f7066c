// The formats of the person's own locale.
import { makeFormat, type Format } from './format';

const own = makeFormat(typeof navigator === 'undefined' ? 'en' : (navigator.languages[0] ?? navigator.language));

export function useFormat(): Format {
  return own;
}
