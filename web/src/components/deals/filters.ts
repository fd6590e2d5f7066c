// The question the table asks: in the address of the page, as the API's query, and as chips. Pure.
import type { Risk, Source, Stage } from '@/api/agreed';
import { riskWords, sourceWords, stageWords } from '@/format/words';

export interface Filters {
  q?: string;
  stage?: Stage[];
  source?: Source[];
  risk_level?: Risk[];
  owner?: string;
  value_min?: number;
  value_max?: number;
  active?: boolean;
  sort?: string;
}
export type FilterKey = keyof Omit<Filters, 'sort'>;
export const kDefaultSort = '-created_at';
const kSorts = ['created_at', 'updated_at', 'value', 'name', 'health_score', 'expected_close_date', 'company', 'stage', 'probability', 'owner', 'source'];

const listed = <T extends string>(said: unknown, known: Record<T, string>): T[] | undefined => {
  const parts = (Array.isArray(said) ? said : typeof said === 'string' ? said.split(',') : []).filter((part): part is T => typeof part === 'string' && Object.hasOwn(known, part));
  return parts.length > 0 ? [...new Set(parts)] : undefined;
};
const text = (said: unknown): string | undefined => {
  const found = typeof said === 'number' || typeof said === 'boolean' ? String(said) : typeof said === 'string' ? said : '';
  return found.trim() === '' ? undefined : found;
};
const amount = (said: unknown): number | undefined => {
  const found = typeof said === 'string' && said.trim() !== '' ? Number(said) : said;
  return typeof found === 'number' && Number.isFinite(found) && found >= 0 ? found : undefined;
};
const flag = (said: unknown): boolean | undefined => (said === true || said === 'true' ? true : said === false || said === 'false' ? false : undefined);

// Whatever stands in the address; what is not understood is left out.
export function readFilters(search: Record<string, unknown>): Filters {
  const sort = text(search['sort']);
  const { system: _, ...sources } = sourceWords;
  return without({
    q: text(search['q']),
    stage: listed(search['stage'], stageWords),
    source: listed(search['source'], sources),
    risk_level: listed(search['risk_level'], riskWords),
    owner: text(search['owner']),
    value_min: amount(search['value_min']),
    value_max: amount(search['value_max']),
    active: flag(search['active']),
    sort: sort !== undefined && kSorts.includes(sort.replace(/^-/, '')) ? sort : undefined,
  });
}

function without<T extends object>(filters: T): T {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined)) as T;
}

// As the address has it: lists with commas.
export function toSearch(filters: Filters): Record<string, string | number | boolean> {
  const flat = Object.entries(without(filters)).map(([key, value]) => [key, Array.isArray(value) ? value.join(',') : value]);
  return Object.fromEntries(flat) as Record<string, string | number | boolean>;
}

// The query of GET /api/sales/deals and of deals.csv.
export function toQuery(filters: Filters): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(toSearch(filters))) query.set(key, String(value).trim());
  if (!query.has('sort')) query.set('sort', kDefaultSort);
  return query.toString();
}

export interface Chip {
  key: FilterKey;
  value?: string; // of a list: which of them
  label: string;
}
const several = <T extends string>(key: FilterKey, values: T[] | undefined, words: Record<T, string>): Chip[] => (values ?? []).map((value) => ({ key, value, label: words[value] }));

export function chipsOf(filters: Filters, money: (value: number) => string): Chip[] {
  const chips: Chip[] = [
    ...several('stage', filters.stage, stageWords),
    ...several('source', filters.source, sourceWords),
    ...several('risk_level', filters.risk_level, riskWords),
  ];
  if (filters.q !== undefined) chips.unshift({ key: 'q', label: `“${filters.q}”` });
  if (filters.owner !== undefined) chips.push({ key: 'owner', label: `Owner: ${filters.owner}` });
  if (filters.value_min !== undefined) chips.push({ key: 'value_min', label: `From ${money(filters.value_min)}` });
  if (filters.value_max !== undefined) chips.push({ key: 'value_max', label: `Up to ${money(filters.value_max)}` });
  if (filters.active !== undefined) chips.push({ key: 'active', label: filters.active ? 'Open' : 'Closed' });
  return chips;
}

export function withoutChip(filters: Filters, chip: Chip): Filters {
  const held = filters[chip.key];
  if (chip.value === undefined || !Array.isArray(held)) return without({ ...filters, [chip.key]: undefined });
  const rest = (held as string[]).filter((value) => value !== chip.value);
  return without({ ...filters, [chip.key]: rest.length > 0 ? rest : undefined });
}

// The sort after a click on a column: first its natural direction, then the other.
export function nextSort(sort: string | undefined, key: string, downFirst: boolean): string {
  const first = downFirst ? `-${key}` : key;
  const other = downFirst ? key : `-${key}`;
  return (sort ?? kDefaultSort) === first ? other : first;
}

// The deal fields whose change may move a deal, or bring it into the list or out of it.
export function fieldsOf(filters: Filters): Set<string> {
  const fields = new Set<string>([(filters.sort ?? kDefaultSort).replace(/^-/, '')]);
  if (filters.q !== undefined) for (const field of ['name', 'company', 'contact_name', 'contact_email', 'owner']) fields.add(field);
  for (const field of ['stage', 'source', 'risk_level', 'owner'] as const) if (filters[field] !== undefined) fields.add(field);
  if (filters.value_min !== undefined || filters.value_max !== undefined) for (const field of ['value', 'currency']) fields.add(field);
  if (filters.active !== undefined) fields.add('stage');
  if (fields.has('risk_level')) fields.add('health_score');
  return fields;
}
