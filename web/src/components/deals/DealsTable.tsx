// The table of deals: the bar above it, what it holds, and what it says when it holds nothing.
import { useFormat } from '@/format/use_format';
import { count } from '@/format/words';
import { useSession } from '@/session/session';
import { useAddDeal } from '@/shell/add_deal';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { ListSkeleton } from '@/ui/Skeletons';
import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import IconRefresh from '@tabler/icons-react/dist/esm/icons/IconRefresh.mjs';
import IconSearchOff from '@tabler/icons-react/dist/esm/icons/IconSearchOff.mjs';
import IconTable from '@tabler/icons-react/dist/esm/icons/IconTable.mjs';
import { useRef } from 'react';
import { DealGrid } from './DealGrid';
import { FilterBar } from './FilterBar';
import { FilterChips } from './FilterChips';
import { chipsOf, nextSort } from './filters';
import { useDealsSearch, type DealsSearch } from './use_deals_search';
import { useDealWindows } from './use_deal_windows';
import { useQuietRefresh } from './use_quiet_refresh';

function NoDeals({ search }: { search: DealsSearch }) {
  const session = useSession();
  const addDeal = useAddDeal();
  if (chipsOf(search.filters, String).length > 0) {
    return (
      <EmptyState order={2} icon={IconSearchOff} title="No deal matches" text="Try fewer words, or take a filter away.">
        <Button variant="light" onClick={() => search.setFilters({ sort: search.filters.sort })}>Clear all filters</Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState order={2} icon={IconTable} title="No deals yet" text="Add one by hand, or bring a whole file. They appear here at once.">
      {session.can('write') && (
        <Group>
          <Button onClick={() => addDeal()}>Add deal</Button>
          <Button variant="default" component={Link} to="/add/csv">Import a file</Button>
        </Group>
      )}
    </EmptyState>
  );
}

export function DealsTable() {
  const search = useDealsSearch();
  const { windows, changes, refresh } = useDealWindows(search.filters);
  const narrow = useMediaQuery('(max-width: 48em)', window.matchMedia('(max-width: 48em)').matches) ?? false;
  const format = useFormat();
  const { total, error } = windows;
  const area = useRef<HTMLDivElement>(null);
  useQuietRefresh(area, changes, () => windows.busy(), refresh);
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="baseline">
        <Group gap="sm" align="baseline">
          <Title order={1} size="h2">Deals</Title>
          <Text c="dimmed" role="status">{total === null ? ' ' : count(total, format.number(total), 'deal')}</Text>
        </Group>
        {changes > 0 && (
          <Button size="compact-sm" variant="light" leftSection={<IconRefresh size={14} aria-hidden />} onClick={refresh}>
            {count(changes, format.number(changes), 'change')} · Refresh
          </Button>
        )}
      </Group>
      <FilterBar search={search} narrow={narrow} />
      <FilterChips filters={search.filters} onChange={search.setFilters} />
      {error !== null && <ErrorAlert error={error} onRetry={() => windows.again()} />}
      {total === null && error === null && <Paper withBorder p="md"><ListSkeleton rows={12} /></Paper>}
      {total === 0 && <Paper withBorder><NoDeals search={search} /></Paper>}
      {total !== null && total > 0 && (
        <DealGrid
          area={area}
          windows={windows}
          total={total}
          columns={search.columns}
          narrow={narrow}
          sort={search.filters.sort}
          onSort={(column) => column.sort && search.setFilters({ ...search.filters, sort: nextSort(search.filters.sort, column.sort, column.downFirst ?? false) })}
        />
      )}
    </Stack>
  );
}
