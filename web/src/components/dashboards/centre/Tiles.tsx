// The five figures one looks at first, each with its change.
import type { Metrics } from '@/api/agreed';
import { useFormat } from '@/format/use_format';
import { Card, SimpleGrid, Text } from '@mantine/core';
import IconArrowDownRight from '@tabler/icons-react/dist/esm/icons/IconArrowDownRight.mjs';
import IconArrowUpRight from '@tabler/icons-react/dist/esm/icons/IconArrowUpRight.mjs';
import IconMinus from '@tabler/icons-react/dist/esm/icons/IconMinus.mjs';
import classes from './centre.module.css';
import { changeWords, type ChangeWords } from './change';
import { kChangeDays } from './queries';

const arrows = { up: IconArrowUpRight, down: IconArrowDownRight, same: IconMinus, unknown: IconMinus };

interface TileProps {
  label: string;
  value: string;
  exact?: string; // the whole figure where `value` is shortened
  note?: string;
  change: ChangeWords;
}

function Tile({ label, value, exact, note, change }: TileProps) {
  const Arrow = arrows[change.way];
  return (
    <Card component="article" aria-label={label} className={classes.tile} padding="md">
      <Text size="sm" c="dimmed" fw={500}>{label}</Text>
      <Text className={classes.figure} title={exact}>{value}</Text>
      {note && <Text size="xs" c="dimmed">{note}</Text>}
      <Text size="xs" className={classes.change} data-way={change.way}>
        {change.way !== 'unknown' && <Arrow size={14} stroke={2.2} aria-hidden />}
        {change.text}
      </Text>
    </Card>
  );
}

export function Tiles({ metrics }: { metrics: Metrics }) {
  const format = useFormat();
  const { currency, change } = metrics;
  const words = (amount: number | null | undefined, shown: (amount: number) => string) => changeWords(amount, change?.since, kChangeDays, shown, format);
  const money = (amount: number) => format.money_short(amount, currency);
  const points = (amount: number) => `${format.number(Math.round(amount * 10) / 10)} points`;
  const shares = (amount: number) => points(amount * 100);
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, xl: 5 }} spacing="md" className={classes.tiles}>
      <Tile label="Open pipeline" value={money(metrics.pipeline_value)} exact={format.money(metrics.pipeline_value, currency)} change={words(change?.pipeline_value, money)} />
      <Tile label="Weighted" value={money(metrics.weighted_pipeline_value)} exact={format.money(metrics.weighted_pipeline_value, currency)} change={words(change?.weighted_pipeline_value, money)} />
      <Tile label="Open deals" value={format.number(metrics.total_active_deals)} change={words(change?.total_active_deals, format.number)} />
      <Tile label="Win rate" value={metrics.win_rate == null ? '–' : format.share(metrics.win_rate)} change={words(change?.win_rate, shares)} />
      <Tile label="Average health" value={metrics.average_health === null ? '–' : format.number(Math.round(metrics.average_health))} change={words(change?.average_health, points)} />
    </SimpleGrid>
  );
}
