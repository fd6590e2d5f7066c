// Ctrl+K: deals by name, places, actions.
import { need, api } from '@/api/client';
import { useFormat } from '@/format/use_format';
import { stageWords } from '@/format/words';
import { useSession } from '@/session/session';
import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight, spotlight, type SpotlightActionGroupData } from '@mantine/spotlight';
import '@mantine/spotlight/styles.layer.css';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import { useEffect, useState } from 'react';
import { useAddDeal } from './add_deal';
import { onOpenFinder } from './finder';
import { places } from './pages';

const kDealsShown = 8;
const kPauseMs = 150; // typed letters within are asked for once

function useDealsNamed(query: string) {
  return useQuery({
    queryKey: ['finder', query],
    queryFn: ({ signal }) => need(api.GET('/api/sales/deals', { params: { query: { q: query, limit: kDealsShown, sort: '-updated_at' } }, signal })),
    enabled: query !== '',
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
}

export default function Finder({ openAtOnce = false }: { openAtOnce?: boolean }) {
  const [typed, setTyped] = useState('');
  const [asked] = useDebouncedValue(typed.trim(), kPauseMs);
  const format = useFormat();
  const navigate = useNavigate();
  const session = useSession();
  const addDeal = useAddDeal();
  const found = useDealsNamed(asked);
  useEffect(() => {
    if (openAtOnce) spotlight.open();
    return onOpenFinder(spotlight.open);
  }, [openAtOnce]);

  const matches = (name: string) => name.toLowerCase().includes(typed.trim().toLowerCase());
  const groups: SpotlightActionGroupData[] = [
    {
      group: 'Deals',
      actions: (asked === '' || typed.trim() === '' ? [] : (found.data?.deals ?? [])).filter((deal) => 'name' in deal).map((deal) => ({
        id: deal.id,
        label: deal.name,
        description: [deal.company, stageWords[deal.stage], format.money(deal.value, deal.currency)].filter(Boolean).join(' · '),
        onClick: () => void navigate({ to: '/deals/$id', params: { id: deal.id } }),
      })),
    },
    {
      group: 'Actions',
      actions: session.can('write') && (matches('Add deal') || matches('Import a file'))
        ? [
            { id: 'add', label: 'Add deal', leftSection: <IconPlus size={18} aria-hidden />, onClick: () => addDeal() },
            { id: 'import', label: 'Import a file', leftSection: <IconPlus size={18} aria-hidden />, onClick: () => addDeal('csv') },
          ].filter((action) => matches(action.label))
        : [],
    },
    {
      group: 'Go to',
      actions: places.filter((place) => matches(place.name)).map(({ to, name, icon: Shape }) => ({
        id: to,
        label: name,
        leftSection: <Shape size={18} stroke={1.7} aria-hidden />,
        onClick: () => void navigate({ to }),
      })),
    },
  ];
  return (
    <Spotlight
      actions={groups.filter((group) => group.actions.length > 0)}
      filter={(_query, actions) => actions}
      tagsToIgnore={[]}
      shortcut={null}
      query={typed}
      onQueryChange={setTyped}
      nothingFound={found.isFetching ? 'Searching…' : 'Nothing found. Try fewer letters, or another word.'}
      scrollable
      attributes={{ content: { 'aria-label': 'Find' } }}
      maxHeight={420}
      searchProps={{ leftSection: <IconSearch size={18} aria-hidden />, placeholder: 'Find deals, pages and actions', 'aria-label': 'Find deals, pages and actions' }}
    />
  );
}
