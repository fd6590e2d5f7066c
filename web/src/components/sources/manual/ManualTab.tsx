// One deal typed in by a person: the form, the deals that look like it, and what became of it.
import { useSession } from '@/session/session';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { ListSkeleton } from '@/ui/Skeletons';
import { Alert } from '@mantine/core';
import { useState } from 'react';
import type { Ingested } from '../ingest';
import { ResultCard } from '../ResultCard';
import type { TabProps } from '../source';
import { useSettings } from '../workspace';
import { ManualForm } from './ManualForm';

export default function ManualTab({ openDeal }: TabProps) {
  const session = useSession();
  const settings = useSettings();
  const [answer, setAnswer] = useState<Ingested | null>(null);
  if (!session.can('write')) return <Alert color="gray" title="You can look, but not add">Ask an admin of your workspace for the role Member.</Alert>;
  if (settings.isPending) return <ListSkeleton rows={6} />;
  if (settings.isError) return <ErrorAlert error={settings.error} onRetry={() => void settings.refetch()} />;
  if (answer) return <ResultCard answer={answer} openDeal={openDeal} again={{ label: 'Add another', run: () => setAnswer(null) }} />;
  return <ManualForm currency={settings.data.settings.base_currency} onSaved={setAnswer} openDeal={openDeal} />;
}
