// How many rows come to what; a tile filters the rows below.
import { useFormat } from '@/format/use_format';
import { SimpleGrid, Text, UnstyledButton } from '@mantine/core';
import type { Action, Import } from './imports';
import classes from './imports.module.css';
import { actions, actionWords, planWords } from './words';

interface Props {
  counts: Import['counts'];
  chosen: Action | null;
  onChoose: (action: Action | null) => void;
  plan?: boolean;
}

export function Tiles({ counts, chosen, onChoose, plan = false }: Props) {
  const format = useFormat();
  return (
    <SimpleGrid cols={{ base: 2, xs: 3, md: 5 }} spacing="sm" role="group" aria-label="Show only">
      {actions.map((action) => (
        <UnstyledButton key={action} className={classes.tile} data-chosen={chosen === action || undefined} aria-pressed={chosen === action} disabled={counts[action] === 0} onClick={() => onChoose(chosen === action ? null : action)}>
          <Text fz={22} fw={650} lh={1.2}>{format.number(counts[action])}</Text>
          <Text size="sm" c="dimmed">{(plan ? planWords : actionWords)[action]}</Text>
        </UnstyledButton>
      ))}
    </SimpleGrid>
  );
}
