// Every way a deal can come in, as tabs. Stands in the "Add deal" modal and as the page /add/<source>; the caller says which
// source is open, and closes or leaves on `onDone`.
import { allSources } from '@/components/sources/all';
import type { TabProps } from '@/components/sources/source';
import { ListSkeleton } from '@/ui/Skeletons';
import { Stack, Tabs, Text, VisuallyHidden } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { Suspense, useEffect, useRef } from 'react';
import classes from './DealIngestionPanel.module.css';

interface Props {
  source: string;
  onSourceChange: (source: string) => void;
  onDone: () => void;
}

export default function DealIngestionPanel({ source, onSourceChange, onDone }: Props) {
  const navigate = useNavigate();
  const open = allSources.find((tab) => tab.key === source) ?? allSources[0]!;
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [open.key]);
  // First done, then away: on its own page `onDone` leaves too, and the last word counts.
  const leaves: TabProps = {
    openDeal: (id) => {
      onDone();
      void navigate({ to: '/deals/$id', params: { id } });
    },
    openImport: (id) => {
      onDone();
      void navigate({ to: '/imports/$id', params: { id } });
    },
  };
  return (
    <Tabs value={open.key} onChange={(key) => key !== null && onSourceChange(key)} keepMounted={false} className={classes.panel}>
      <Tabs.List ref={list} className={classes.list} aria-label="Where the deal comes from">
        {allSources.map((tab) => (
          <Tabs.Tab key={tab.key} value={tab.key} leftSection={<tab.icon size={16} aria-hidden />}>
            {tab.label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {allSources.map((tab) => (
        <Tabs.Panel key={tab.key} value={tab.key} pt="md">
          <Stack gap="md">
            <VisuallyHidden component="h2">{tab.label}</VisuallyHidden>
            <Text size="sm" c="dimmed">{tab.help}</Text>
            <Suspense fallback={<ListSkeleton rows={5} />}>
              <tab.component {...leaves} />
            </Suspense>
          </Stack>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
