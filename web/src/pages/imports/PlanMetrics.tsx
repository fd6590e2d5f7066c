// The figures of the workspace before and after, as the server has planned them.
import { useFormat } from '@/format/use_format';
import { stageWords } from '@/format/words';
import { Group, Stack, Text, VisuallyHidden } from '@mantine/core';
import IconArrowRight from '@tabler/icons-react/dist/esm/icons/IconArrowRight.mjs';
import type { Import } from './imports';

type Plan = NonNullable<Import['plan']>;

export function PlanMetrics({ plan }: { plan: Plan }) {
  const format = useFormat();
  const { before, after } = plan.metrics;
  const figures: [string, string, string][] = [
    ['Open pipeline', format.money_short(before.pipeline_value, before.currency), format.money_short(after.pipeline_value, after.currency)],
    ['Weighted', format.money_short(before.weighted_pipeline_value, before.currency), format.money_short(after.weighted_pipeline_value, after.currency)],
    ['Open deals', format.number(before.total_active_deals), format.number(after.total_active_deals)],
  ];
  return (
    <Stack gap={4}>
      <Group gap="xl">
        {figures.map(([label, was, is]) => (
          <Group key={label} gap={6}>
            <Text size="sm" c="dimmed">{label}</Text>
            <Text size="sm">{was}</Text>
            <IconArrowRight size={14} aria-hidden />
            <VisuallyHidden>becomes</VisuallyHidden>
            <Text size="sm" fw={600}>{is}</Text>
          </Group>
        ))}
      </Group>
      {plan.stages_moved.length > 0 && (
        <Text size="sm" c="dimmed">
          {plan.stages_moved.map((move) => `${format.number(move.deals)} ${move.from === null ? 'new in' : `from ${stageWords[move.from]} to`} ${stageWords[move.to]}`).join(' · ')}
        </Text>
      )}
    </Stack>
  );
}
