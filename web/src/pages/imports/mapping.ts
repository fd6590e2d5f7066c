// What a person says about the columns of a file, and the CsvMapping the server is sent of it. Pure.
import type { Schemas } from '@/api/client';

export type CsvMapping = Schemas['CsvMapping'];
export type Column = Schemas['ColumnReading'];
export type Reading = NonNullable<CsvMapping['readings']>[string];

// `leave` drops the column, `metadata` keeps it with the deal under its own header.
export const LEAVE = 'leave';
export const METADATA = 'metadata';

export interface MappingState {
  fields: Record<string, string>; // header → field, LEAVE or METADATA; only what the person has touched
  readings: Record<string, Reading>; // header → how it is written; the answers to `needs_decision`
  values: Record<string, Record<string, string>>; // field → their word → ours
  defaults: Record<string, string>;
  keep: string[]; // fields and headers that only fill what is blank
}

export const nothingSaid: MappingState = { fields: {}, readings: {}, values: {}, defaults: {}, keep: [] };

export interface FieldChoice {
  value: string;
  label: string;
}
// In the order a sales person thinks of a deal.
export const DEAL_FIELDS: FieldChoice[] = [
  { value: 'name', label: 'Deal name' },
  { value: 'company', label: 'Company' },
  { value: 'value', label: 'Value' },
  { value: 'currency', label: 'Currency' },
  { value: 'stage', label: 'Stage' },
  { value: 'probability', label: 'Probability' },
  { value: 'expected_close_date', label: 'Close date' },
  { value: 'contact_name', label: 'Contact name' },
  { value: 'contact_email', label: 'Contact e-mail' },
  { value: 'contact_phone', label: 'Contact phone' },
  { value: 'owner', label: 'Owner' },
  { value: 'description', label: 'Description' },
  { value: 'lost_reason', label: 'Reason it was lost' },
  { value: 'created_at', label: 'Created on' },
  { value: 'external_id', label: 'ID in the other system' },
];

export function fieldLabel(field: string | null): string {
  if (field === null || field === LEAVE) return 'Left out';
  if (field === METADATA) return 'Kept as extra information';
  return DEAL_FIELDS.find((choice) => choice.value === field)?.label ?? field.replaceAll('_', ' ');
}

// What is shown as chosen for a column: the person's word, else the server's.
export function chosenField(state: MappingState, column: Column): string {
  return own(state.fields, column.header) ?? column.field ?? LEAVE;
}

// A header can be any word, `constructor` and `__proto__` too; so only what is the object's own counts.
function own<T>(record: Record<string, T>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

// Fields that more than one column would fill; the server takes the first and warns of the rest.
export function doubledFields(state: MappingState, columns: Column[]): string[] {
  const seen = new Map<string, number>();
  for (const column of columns) {
    const field = chosenField(state, column);
    if (field !== LEAVE && field !== METADATA) seen.set(field, (seen.get(field) ?? 0) + 1);
  }
  return [...seen].filter(([, count]) => count > 1).map(([field]) => field);
}

export function hasName(state: MappingState, columns: Column[]): boolean {
  return columns.some((column) => chosenField(state, column) === 'name');
}

export function isUntouched(state: MappingState): boolean {
  const { fields, readings, values, defaults, keep } = state;
  return [fields, readings, values, defaults].every((part) => Object.keys(part).length === 0) && keep.length === 0;
}

const mapped = (field: string): string | null => (field === LEAVE ? null : field);

// The whole mapping: a mapping that is sent replaces the one the file was read with, so that the part of it that the person
// did not touch is said again (`before`, and the columns the server was told about).
export function csvMapping(state: MappingState, columns: Column[], before: CsvMapping = {}): CsvMapping {
  const fields = new Map<string, string | null>(Object.entries(before.fields ?? {}));
  for (const column of columns) {
    const said = own(state.fields, column.header);
    if (said !== undefined) fields.set(column.header, mapped(said));
    else if (column.match === 'told') fields.set(column.header, column.field);
  }
  const values: NonNullable<CsvMapping['values']> = { ...before.values };
  for (const [field, words] of Object.entries(state.values)) values[field] = { ...values[field], ...words };
  const mapping: CsvMapping = {};
  if (fields.size > 0) mapping.fields = Object.fromEntries(fields);
  if (Object.keys(values).length > 0) mapping.values = values;
  const defaults = { ...before.defaults, ...state.defaults };
  if (Object.keys(defaults).length > 0) mapping.defaults = defaults;
  const readings = { ...before.readings, ...state.readings };
  if (Object.keys(readings).length > 0) mapping.readings = readings;
  const keep = [...new Set([...(before.do_not_overwrite ?? []), ...state.keep])];
  if (keep.length > 0) mapping.do_not_overwrite = keep;
  return mapping;
}

const remembered = (importId: string) => `tributary.mapping.${importId}`;

// The mapping an import was made with; the server says which columns it told, but not the words and defaults in it.
export function rememberMapping(importId: string, mapping: CsvMapping): void {
  try {
    sessionStorage.setItem(remembered(importId), JSON.stringify(mapping));
  } catch {
    // A full or forbidden storage only costs the words of an earlier step after a reload.
  }
}

export function recallMapping(importId: string): CsvMapping {
  try {
    return JSON.parse(sessionStorage.getItem(remembered(importId)) ?? '{}') as CsvMapping;
  } catch {
    return {};
  }
}
