// A deal's page.
import { ApiError } from '@/api/client';
import type { Deal } from '@/api/agreed';
import { useFormat } from '@/format/use_format';
import { useSession } from '@/session/session';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { PageSkeleton } from '@/ui/Skeletons';
import { notifyDone, notifyFailed, notifyUndo } from '@/ui/undo';
import { Alert, Button, Paper, Stack, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import IconArrowLeft from '@tabler/icons-react/dist/esm/icons/IconArrowLeft.mjs';
import IconSearchOff from '@tabler/icons-react/dist/esm/icons/IconSearchOff.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { useState } from 'react';
import classes from './deal.module.css';
import { DealFields } from './DealFields';
import { DealHead } from './DealHead';
import { FieldHistory } from './FieldHistory';
import { InsightsCard } from './InsightsCard';
import { LogActivity } from './LogActivity';
import { ScoreCard } from './ScoreCard';
import { LeadCard, OriginCard, StandingCard } from './SideCards';
import { Timeline } from './Timeline';
import { deleteDeal, rereadDeal, restoreDeal, useDeal } from './use_deal';
import { useSaveField } from './use_save';

function useRemoval(deal: Deal) {
  const cache = useQueryClient();
  const again = () => rereadDeal(cache, deal.id);
  const restore = async () => {
    await restoreDeal(deal.id);
    await again();
  };
  const remove = async () => {
    try {
      await deleteDeal(deal.id);
      await again();
      notifyUndo(`“${deal.name}” deleted.`, restore);
    } catch (error) {
      notifyFailed(error, 'It was not deleted.');
    }
  };
  const bringBack = () => restore().then(() => notifyDone('The deal is back.')).catch((error: unknown) => notifyFailed(error, 'It could not be brought back.'));
  return { remove, bringBack };
}

function Shown({ deal }: { deal: Deal }) {
  const format = useFormat();
  const session = useSession();
  const [asked, setAsked] = useState<string | null>(null);
  const onSave = useSaveField();
  const { remove, bringBack } = useRemoval(deal);
  const deleted = deal.deleted_at !== null;
  const mayEdit = session.can('write') && !deleted;
  const common = { deal, mayEdit, onSave, onWhy: setAsked };
  return (
    <Stack gap="md">
      {deleted && (
        <Alert color="red" variant="light" title={`This deal was deleted on ${format.date_time(deal.deleted_at)}`} role="status">
          {session.can('write') && <Button size="xs" variant="default" onClick={() => void bringBack()}>Bring it back</Button>}
        </Alert>
      )}
      <DealHead {...common} actions={mayEdit ? <Button variant="subtle" color="red" size="xs" leftSection={<IconTrash size={15} aria-hidden />} onClick={() => void remove()}>Delete</Button> : null} />
      <div className={classes.columns}>
        <Stack gap="md" className={classes.main}>
          {!deleted && <InsightsCard deal={deal} />}
          <DealFields {...common} />
          <Paper withBorder p="lg">
            <Title order={2} size="h5" mb="sm">Timeline</Title>
            <Stack gap="lg">
              {mayEdit && <LogActivity id={deal.id} />}
              <Timeline deal={deal} />
            </Stack>
          </Paper>
        </Stack>
        <Stack gap="md" className={classes.side}>
          {!deleted && <ScoreCard deal={deal} />}
          <StandingCard deal={deal} />
          <LeadCard deal={deal} />
          <OriginCard deal={deal} />
        </Stack>
      </div>
      <FieldHistory deal={deal} field={asked} onClose={() => setAsked(null)} />
    </Stack>
  );
}

export function DealView({ id }: { id: string }) {
  const found = useDeal(id);
  const absent = found.error instanceof ApiError && found.error.status === 404;
  return (
    <Stack gap="sm" className={classes.page}>
      <div>
        <Button component={Link} to="/deals" variant="subtle" color="gray" size="compact-sm" leftSection={<IconArrowLeft size={15} aria-hidden />}>Deals</Button>
      </div>
      {found.isLoading && <PageSkeleton />}
      {absent && <EmptyState icon={IconSearchOff} title="There is no such deal" text="The link may be old, or the deal belongs to another workspace." order={2} />}
      {found.error && !absent && <ErrorAlert error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && <Shown key={id} deal={found.data.deal} />}
    </Stack>
  );
}
