// Above the deals: search, open or closed, filters, columns, export.
import { Button, NativeSelect, SegmentedControl } from '@mantine/core';
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs';
import { ColumnMenu } from './ColumnMenu';
import { columns as allColumns } from './columns';
import classes from './deals.module.css';
import { FilterPanel } from './FilterPanel';
import { chipsOf, kDefaultSort, toQuery, type Filters } from './filters';
import { SearchField } from './SearchField';
import type { DealsSearch } from './use_deals_search';

const states = [
  { value: 'all', label: 'All' },
  { value: 'open', label: 'Open' },
  { value: 'closed', label: 'Closed' },
];
const sorts = allColumns.flatMap((column) => (column.sort === undefined ? [] : [column.downFirst ? `-${column.sort}` : column.sort])).map((value) => ({
  value,
  label: `By ${allColumns.find((column) => column.sort === value.replace(/^-/, ''))?.label.toLowerCase()}`,
}));

function csvLink(search: DealsSearch): string {
  const query = new URLSearchParams(toQuery(search.filters));
  query.set('columns', search.columns.map((column) => column.key).join(','));
  return `/api/sales/deals.csv?${query}`;
}

export function FilterBar({ search, narrow }: { search: DealsSearch; narrow: boolean }) {
  const { filters, setFilters } = search;
  const change = (next: Partial<Filters>) => setFilters({ ...filters, ...next });
  const inPanel = chipsOf(filters, String).filter((chip) => chip.key !== 'q' && chip.key !== 'active').length;
  return (
    <div className={classes.bar}>
      <div className={classes.grows}>
        <SearchField label="Search deals, companies, people" value={filters.q ?? ''} onChange={(q) => change({ q: q || undefined })} />
      </div>
      <SegmentedControl
        aria-label="Open or closed"
        data={states}
        value={filters.active === undefined ? 'all' : filters.active ? 'open' : 'closed'}
        onChange={(value) => change({ active: value === 'all' ? undefined : value === 'open' })}
      />
      <FilterPanel filters={filters} count={inPanel} onChange={setFilters} />
      {narrow && <NativeSelect aria-label="Sort" data={sorts} value={filters.sort ?? kDefaultSort} onChange={(event) => change({ sort: event.currentTarget.value })} />}
      {!narrow && <ColumnMenu shown={search.columns} onChange={search.setColumns} />}
      {!narrow && (
        <Button component="a" href={csvLink(search)} download="deals.csv" variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
          Export CSV
        </Button>
      )}
    </div>
  );
}
