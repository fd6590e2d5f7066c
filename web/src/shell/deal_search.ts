// The filters of the deals table as they stand in the address. What is not understood is left out.
export interface DealSearch {
  q?: string;
  stage?: string; // one or several, comma-separated; likewise source and risk_level
  source?: string;
  risk_level?: string;
  owner?: string;
  value_min?: number;
  value_max?: number;
  active?: boolean;
  sort?: string;
  columns?: string;
}

const kTexts = ['q', 'stage', 'source', 'risk_level', 'owner', 'sort', 'columns'] as const;

export function readDealSearch(given: Record<string, unknown>): DealSearch {
  const search: DealSearch = {};
  for (const name of kTexts) {
    const value = given[name];
    if (typeof value === 'number' || (typeof value === 'string' && value !== '')) search[name] = String(value);
  }
  for (const name of ['value_min', 'value_max'] as const) {
    const value = given[name];
    if (value !== undefined && value !== '' && Number.isFinite(Number(value)) && Number(value) >= 0) search[name] = Number(value);
  }
  const active = given.active;
  if (active === true || active === 'true') search.active = true;
  if (active === false || active === 'false') search.active = false;
  return search;
}
