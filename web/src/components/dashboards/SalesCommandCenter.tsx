// The first page: how the pipeline stands, what needs attention, and what is happening now.
import { useSession } from '@/session/session';
import { useAddDeal } from '@/shell/add_deal';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { TilesSkeleton } from '@/ui/Skeletons';
import { Button, Group, Skeleton, Stack, Title } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import type { Metrics } from '@/api/agreed';
import { AtRisk } from './centre/AtRisk';
import classes from './centre/centre.module.css';
import { FirstRun } from './centre/FirstRun';
import { HealthHistogram } from './centre/HealthHistogram';
import { LiveFeed } from './centre/LiveFeed';
import { useMetrics } from './centre/queries';
import { Sources } from './centre/Sources';
import { StageFunnel } from './centre/StageFunnel';
import { Tiles } from './centre/Tiles';
import { WithoutRate } from './centre/WithoutRate';

function hasDeals(metrics: Metrics): boolean {
  return metrics.total_active_deals > 0 || metrics.won.deals > 0 || metrics.lost.deals > 0;
}

function Figures({ metrics }: { metrics: Metrics }) {
  return (
    <>
      <Tiles metrics={metrics} />
      <WithoutRate metrics={metrics} />
      <div className={classes.grid}>
        <div className={classes.wide}>
          <div className={classes.pair}>
            <StageFunnel metrics={metrics} />
            <HealthHistogram metrics={metrics} />
          </div>
          <AtRisk deals={metrics.risk_distribution.high} />
        </div>
        <LiveFeed />
      </div>
      <Sources />
    </>
  );
}

export default function SalesCommandCenter() {
  const metrics = useMetrics();
  const session = useSession();
  const addDeal = useAddDeal();
  return (
    <Stack gap="md" className={classes.centre}>
      <Group justify="space-between">
        <Title order={1} size="h3">Command center</Title>
        {session.can('write') && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => addDeal()}>Add deal</Button>
        )}
      </Group>
      {metrics.isPending && (
        <>
          <TilesSkeleton />
          <Skeleton height={320} radius="md" />
        </>
      )}
      {metrics.error && !metrics.data && <ErrorAlert error={metrics.error} onRetry={() => void metrics.refetch()} />}
      {metrics.data && (hasDeals(metrics.data) ? <Figures metrics={metrics.data} /> : <><FirstRun /><LiveFeed quiet /></>)}
    </Stack>
  );
}
