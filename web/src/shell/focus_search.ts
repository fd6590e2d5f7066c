// `/` goes to the search of the page (an input with data-search), and where there is none opens Ctrl+K.
import { openFinder } from './finder';

export function focusSearch(): void {
  const search = document.querySelector<HTMLInputElement>('input[data-search]');
  if (search === null) return openFinder();
  search.focus();
  search.select();
}
