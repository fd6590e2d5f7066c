// The columns of the deals table: what can be shown, and which of them this person wants (in the address, else as chosen last).
import type { Deal } from '@/api/agreed';

export interface Column {
  key: keyof Deal & string;
  label: string;
  widthPx: number; // at least
  grow: number; // share of what is left over
  right?: boolean; // figures stand right
  sort?: string; // the API's name of it
  downFirst?: boolean; // the first click shows the greatest first
}

export const columns: Column[] = [
  { key: 'name', label: 'Deal', widthPx: 220, grow: 3, sort: 'name' },
  { key: 'company', label: 'Company', widthPx: 150, grow: 2, sort: 'company' },
  { key: 'value', label: 'Value', widthPx: 130, grow: 0, right: true, sort: 'value', downFirst: true },
  { key: 'stage', label: 'Stage', widthPx: 130, grow: 0, sort: 'stage' },
  { key: 'health_score', label: 'Health', widthPx: 130, grow: 0, sort: 'health_score', downFirst: true },
  { key: 'expected_close_date', label: 'Closes', widthPx: 120, grow: 0, sort: 'expected_close_date' },
  { key: 'owner', label: 'Owner', widthPx: 120, grow: 1, sort: 'owner' },
  { key: 'source', label: 'Source', widthPx: 100, grow: 0, sort: 'source' },
  { key: 'probability', label: 'Chance', widthPx: 90, grow: 0, right: true, sort: 'probability', downFirst: true },
  { key: 'contact_name', label: 'Contact', widthPx: 150, grow: 1 },
  { key: 'contact_email', label: 'E-mail', widthPx: 200, grow: 1 },
  { key: 'created_at', label: 'Added', widthPx: 120, grow: 0, sort: 'created_at', downFirst: true },
  { key: 'updated_at', label: 'Changed', widthPx: 120, grow: 0, sort: 'updated_at', downFirst: true },
];
export const kDefaultColumns = ['name', 'company', 'value', 'stage', 'health_score', 'expected_close_date', 'owner', 'source'];
const kStored = 'tributary.deals.columns';

// Known columns in the table's own order; the name is always among them. Null when nothing of it is known.
export function parseColumns(said: unknown): string[] | null {
  if (typeof said !== 'string') return null;
  const asked = new Set(said.split(','));
  const known = columns.filter((column) => asked.has(column.key));
  return known.length === 0 ? null : columns.filter((column) => column.key === 'name' || asked.has(column.key)).map((column) => column.key);
}

// For the address: nothing when it is the usual choice.
export function columnsParam(chosen: string[]): string | undefined {
  const text = parseColumns(chosen.join(','))?.join(',');
  return text === kDefaultColumns.join(',') ? undefined : text;
}

export function chooseColumns(param: unknown, stored: string | null): Column[] {
  const keys = parseColumns(param) ?? parseColumns(stored) ?? kDefaultColumns;
  return columns.filter((column) => keys.includes(column.key));
}

// A browser may forbid its storage: then the choice lives in the address alone.
export function storedColumns(): string | null {
  try {
    return window.localStorage.getItem(kStored);
  } catch {
    return null;
  }
}
export function storeColumns(chosen: string[]): void {
  try {
    window.localStorage.setItem(kStored, chosen.join(','));
  } catch {
    return;
  }
}

export const gridTemplate = (shown: Column[]) => shown.map(({ widthPx, grow }) => (grow > 0 ? `minmax(${widthPx}px, ${grow}fr)` : `${widthPx}px`)).join(' ');
export const widthOf = (shown: Column[]) => shown.reduce((sum, column) => sum + column.widthPx, 0);
