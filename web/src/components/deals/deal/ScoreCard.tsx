// The health score, factor by factor, as the server reckons it.
import type { Deal } from '@/api/agreed';
import { useFormat } from '@/format/use_format';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { RiskBadge } from '@/ui/RiskBadge';
import { ListSkeleton } from '@/ui/Skeletons';
import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import classes from './deal.module.css';
import { useAnalysis } from './use_deal';

const factorWords: Record<string, string> = { base: 'Start', velocity: 'Speed', engagement: 'Contact', value: 'Value', close_date: 'Close date', data: 'Completeness', risk: 'Risk', outcome: 'Outcome' };

export function ScoreCard({ deal }: { deal: Deal }) {
  const format = useFormat();
  const analysis = useAnalysis(deal);
  return (
    <Paper withBorder p="lg">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h5">Health</Title>
        <Group gap={8}>
          <Text fw={700} size="lg">{deal.health_score}</Text>
          {deal.closed_at === null && <RiskBadge risk={deal.risk_level} />}
        </Group>
      </Group>
      {analysis.isLoading && <ListSkeleton rows={4} />}
      {analysis.error && <ErrorAlert error={analysis.error} onRetry={() => void analysis.refetch()} />}
      {analysis.data && (
        <Stack gap={10} component="ul" className={classes.plain}>
          {analysis.data.factors.map((factor) => (
            <li key={factor.name} className={classes.factor}>
              <span className={classes.points} data-sign={Math.sign(factor.points)}>{format.signed(factor.points)}</span>
              <div>
                <Text size="sm" fw={600}>{factorWords[factor.name] ?? factor.name.replaceAll('_', ' ')}</Text>
                <Text size="xs" c="dimmed">{factor.why}</Text>
              </div>
            </li>
          ))}
        </Stack>
      )}
    </Paper>
  );
}
