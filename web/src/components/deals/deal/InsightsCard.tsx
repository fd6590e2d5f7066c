// What the server makes of this deal: risk or chance, and what to do next.
import type { Deal, Insight } from '@/api/agreed';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { ListSkeleton } from '@/ui/Skeletons';
import { Paper, Stack, Text, Title } from '@mantine/core';
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs';
import IconArrowRight from '@tabler/icons-react/dist/esm/icons/IconArrowRight.mjs';
import IconBulb from '@tabler/icons-react/dist/esm/icons/IconBulb.mjs';
import IconWorld from '@tabler/icons-react/dist/esm/icons/IconWorld.mjs';
import classes from './deal.module.css';
import { useInsights } from './use_deal';

const looks: Record<Insight['kind'], { word: string; icon: typeof IconBulb }> = {
  next_action: { word: 'Do next', icon: IconArrowRight },
  risk: { word: 'Risk', icon: IconAlertTriangle },
  opportunity: { word: 'Opportunity', icon: IconBulb },
  market: { word: 'Market', icon: IconWorld },
};
const kOrder: Insight['kind'][] = ['next_action', 'risk', 'opportunity', 'market'];

export function InsightsCard({ deal }: { deal: Deal }) {
  const insights = useInsights(deal);
  const told = [...(insights.data?.insights ?? [])].sort((a, b) => kOrder.indexOf(a.kind) - kOrder.indexOf(b.kind));
  return (
    <Paper withBorder p="lg">
      <Title order={2} size="h5" mb="sm">Insights</Title>
      {insights.isLoading && <ListSkeleton rows={2} />}
      {insights.error && <ErrorAlert error={insights.error} onRetry={() => void insights.refetch()} />}
      {insights.data && told.length === 0 && <Text size="sm" c="dimmed">{insights.data.state === 'pending' ? 'They are being made.' : 'Nothing to say about this deal.'}</Text>}
      <Stack gap="sm" component="ul" className={classes.plain}>
        {told.map((insight) => {
          const { word, icon: Shape } = looks[insight.kind];
          return (
            <li key={insight.kind + insight.text} className={classes.insight} data-kind={insight.kind}>
              <Shape size={18} stroke={1.8} aria-hidden />
              <div>
                <Text size="xs" fw={700}>{word}</Text>
                <Text size="sm">{insight.text}</Text>
              </div>
            </li>
          );
        })}
      </Stack>
    </Paper>
  );
}
