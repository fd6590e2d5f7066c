// The people behind the deals, newest first, with a search.
import { api, need, type Schemas } from '@/api/client';
import { keys } from '@/api/keys';
import { useFormat } from '@/format/use_format';
import { sourceWords } from '@/format/words';
import { useLiveEvents } from '@/live/live';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { ListSkeleton } from '@/ui/Skeletons';
import { Button, Group, NativeSelect, Paper, Stack, Text, Title } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import IconRefresh from '@tabler/icons-react/dist/esm/icons/IconRefresh.mjs';
import IconUsers from '@tabler/icons-react/dist/esm/icons/IconUsers.mjs';
import { useEffect, useRef, useState } from 'react';
import { rowsAt } from '../scaled_scroll';
import { SearchField } from '../SearchField';
import { useFillHeight } from '../use_fill_height';
import { useScaledScroll } from '../use_scaled_scroll';
import classes from './leads.module.css';

const kPageRows = 100;
const kPagesMax = 30; // held at most; beyond, one searches
const kRowPx = 60;
const statusWords: Record<Schemas['LeadStatus'], string> = { new: 'New', qualified: 'Qualified', contacted: 'Contacted', converted: 'Converted', disqualified: 'Disqualified', spam: 'Spam' };
type Status = Schemas['LeadStatus'];

function useLeads(q: string, status: Status | undefined) {
  return useInfiniteQuery({
    queryKey: [...keys.leads, 'list', q, status ?? ''],
    queryFn: ({ pageParam, signal }) =>
      need(api.GET('/api/sales/leads', { params: { query: { limit: kPageRows, q: q || undefined, status, cursor: pageParam === '' ? undefined : pageParam } }, signal })),
    initialPageParam: '',
    getNextPageParam: (last, pages) => (pages.length >= kPagesMax ? undefined : (last.next_cursor ?? undefined)),
  });
}

function LeadRow({ lead }: { lead: Schemas['Lead'] }) {
  const format = useFormat();
  const name = [lead.first_name, lead.last_name].filter(Boolean).join(' ');
  return (
    <>
      <div className={classes.who}>
        <Text size="sm" fw={600} truncate>{name || lead.email}</Text>
        <Text size="xs" c="dimmed" truncate>{[name ? lead.email : null, lead.company].filter(Boolean).join(' · ')}</Text>
      </div>
      <Text size="sm" className={classes.wide}>{statusWords[lead.status]}</Text>
      <Text size="sm" className={classes.wide}>{sourceWords[lead.source]}</Text>
      <Text size="sm" className={classes.wide} title={lead.ai_qualification_summary ?? undefined}>Score {format.number(lead.ai_score)}</Text>
      <Text size="sm" c="dimmed" className={classes.wide}>{format.date(lead.created_at)}</Text>
      <Link className={classes.link} to="/deals" search={{ q: lead.email }} aria-label={`Deals of ${name || lead.email}`}>Deals</Link>
    </>
  );
}

function LeadList({ leads, more, loadMore }: { leads: Schemas['Lead'][]; more: boolean; loadMore: () => void }) {
  const scroller = useRef<HTMLDivElement>(null);
  const narrow = useMediaQuery('(max-width: 48em)') ?? false;
  const height = useFillHeight(scroller, narrow ? 76 : 24);
  const { scale, position } = useScaledScroll(scroller, leads.length, kRowPx, 0);
  const { first, last } = rowsAt(scale, position, 6);
  const near = more && last >= leads.length - 20;
  useEffect(() => {
    if (near) loadMore();
  }, [near, loadMore]);
  return (
    <div ref={scroller} className={classes.scroller} style={{ height: Math.min(height, leads.length * kRowPx + 2) }} tabIndex={0} role="group" aria-label="Leads">
      <div style={{ height: scale.areaPx }}>
        <ul className={classes.rows} style={{ height: scale.viewPx }}>
          {leads.slice(first, last).map((lead, at) => (
            <li key={lead.id} className={classes.row} style={{ top: (first + at) * kRowPx - position }} aria-posinset={first + at + 1} aria-setsize={more ? -1 : leads.length}>
              <LeadRow lead={lead} />
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

export function LeadsView() {
  const [q, setQ] = useState('');
  const [status, setStatus] = useState<Status | undefined>();
  const [fresh, setFresh] = useState(0);
  const found = useLeads(q, status);
  const leads = found.data?.pages.flatMap((page) => page.leads) ?? [];
  useLiveEvents((news) => {
    if (news.type === 'rows') setFresh((was) => was + news.rows.filter((row) => row.data.lead !== undefined).length);
  });
  const refresh = () => {
    setFresh(0);
    void found.refetch();
  };
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={1} size="h2">Leads</Title>
        {fresh > 0 && <Button size="compact-sm" variant="light" leftSection={<IconRefresh size={14} aria-hidden />} onClick={refresh}>{fresh === 1 ? '1 change' : `${fresh} changes`} · Refresh</Button>}
      </Group>
      <Group gap="xs">
        <div className={classes.search}><SearchField label="Search names, e-mails, companies" value={q} onChange={setQ} /></div>
        <NativeSelect
          aria-label="Status"
          value={status ?? ''}
          data={[{ value: '', label: 'Every status' }, ...Object.entries(statusWords).map(([value, label]) => ({ value, label }))]}
          onChange={(event) => setStatus((event.currentTarget.value || undefined) as Status | undefined)}
        />
      </Group>
      {found.isLoading && <Paper withBorder p="md"><ListSkeleton rows={8} /></Paper>}
      {found.error && <ErrorAlert error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && leads.length === 0 && (
        <Paper withBorder>
          <EmptyState order={2} icon={IconUsers} title={q !== '' || status ? 'No lead matches' : 'No leads yet'} text={q !== '' || status ? 'Try fewer letters, or another status.' : 'Every deal with an e-mail address makes a lead.'} />
        </Paper>
      )}
      {leads.length > 0 && <LeadList leads={leads} more={found.hasNextPage && !found.isFetchingNextPage} loadMore={() => void found.fetchNextPage()} />}
      {found.data && found.data.pages.length >= kPagesMax && <Text size="xs" c="dimmed">These are the newest. Search to find older ones.</Text>}
    </Stack>
  );
}
