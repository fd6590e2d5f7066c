// The filters, the sort and the columns of the deals table, kept in the address of the page.
import type { DealSearch } from '@/shell/deal_search';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { chooseColumns, columnsParam, storeColumns, storedColumns, type Column } from './columns';
import { readFilters, toSearch, type Filters } from './filters';

export interface DealsSearch {
  filters: Filters;
  columns: Column[];
  setFilters: (next: Filters) => void;
  setColumns: (keys: string[]) => void;
}

export function useDealsSearch(): DealsSearch {
  const search = useSearch({ from: '/inside/deals' });
  const navigate = useNavigate();
  const [stored, setStored] = useState(storedColumns);
  const filters = useMemo(() => readFilters({ ...search }), [search]);
  const columns = useMemo(() => chooseColumns(search.columns, stored), [search.columns, stored]);
  const go = useCallback((next: DealSearch) => void navigate({ to: '/deals', search: next, replace: true }), [navigate]);
  const setFilters = useCallback((next: Filters) => go({ ...toSearch(next), columns: search.columns }), [go, search.columns]);
  const setColumns = useCallback(
    (keys: string[]) => {
      storeColumns(keys);
      setStored(keys.join(','));
      go({ ...search, columns: columnsParam(keys) });
    },
    [go, search],
  );
  return { filters, columns, setFilters, setColumns };
}
