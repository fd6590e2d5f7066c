// A score of 0 to 100 as a number and a short bar; the band is told to screen readers in words.
import { riskOf, riskWords } from '@/format/words';
import { useFormat } from '@/format/use_format';
import { Group, Text, VisuallyHidden } from '@mantine/core';
import classes from './ui.module.css';

export function HealthScore({ score }: { score: number }) {
  const format = useFormat();
  const risk = riskOf(score);
  return (
    <Group gap={8} wrap="nowrap">
      <Text size="sm" fw={600} className={classes.figure} w={28} ta="right">
        {format.number(Math.round(score))}
        <VisuallyHidden> of 100, {riskWords[risk]}</VisuallyHidden>
      </Text>
      <span className={classes.track} aria-hidden>
        <span className={classes.fill} data-risk={risk} style={{ width: `${Math.max(4, Math.min(100, score))}%` }} />
      </span>
    </Group>
  );
}
